import Domain
import JSONCoding

/// What the messages of one change have in common.
struct WhatsAppChange {
    var place: WhatsAppWebhook.Destination
    var phoneNumberID: String
    var displayNumber: JSONView?
    var contacts: WhatsAppContacts
    var now: Timestamp

    enum Reading {
        case message(NormalizedMessage)
        /// Sent by the business itself. Answered, the bot would talk with itself.
        case echo
        /// No id or no sender: neither to be told from its repetition nor to be answered.
        case malformed
    }

    func read(_ view: JSONView) -> Reading {
        guard let id = view["id"]?.name(512), let sender = WhatsAppSender(of: view, contacts) else {
            return .malformed
        }
        if isOwnNumber(sender.id) { return .echo }
        let timestamp = WhatsAppTime.read(view["timestamp"], now: now)
        var metadata = JSONObject()
        sender.describe(in: &metadata)
        if let context = view["context"] { Self.describe(context, in: &metadata) }
        if let group = view["group_id"]?.name(256) { metadata.append("groupId", .string(group)) }
        if let referral = view["referral"] { Self.describe(referral: referral, in: &metadata) }
        let (type, content) = WhatsAppContent.read(view, &metadata)
        return .message(
            NormalizedMessage(
                id: MessageID(at: timestamp, channelID: place.channelID, externalID: id), tenantID: place.tenantID,
                channelID: place.channelID, channel: .whatsapp,
                conversationID: "\(place.channelID):\(sender.id)", externalID: id, direction: .inbound,
                from: sender.id, to: phoneNumberID, timestamp: timestamp, type: type, content: content,
                metadata: metadata))
    }

    /// `display_phone_number` may be written for people: `+1 555-012-3456`.
    private func isOwnNumber(_ sender: String) -> Bool {
        displayNumber?.withUTF8 { display in
            var sender = sender.utf8.makeIterator()
            for byte in display where byte &- 0x30 < 10 {
                guard sender.next() == byte else { return false }
            }
            return sender.next() == nil
        } ?? false
    }

    /// `replyTo`: the platform's id of the quoted message.
    private static func describe(_ context: JSONView, in metadata: inout JSONObject) {
        if let quoted = context["id"]?.name(512) { metadata.append("replyTo", .string(quoted)) }
        if context["forwarded"]?.bool ?? false { metadata.append("forwarded", true) }
        if context["frequently_forwarded"]?.bool ?? false { metadata.append("frequentlyForwarded", true) }
        if let product = context["referred_product"]?["product_retailer_id"]?.text(256) {
            metadata.append("referredProduct", .string(product))
        }
    }

    /// The advertisement that led the customer here.
    private static func describe(referral: JSONView, in metadata: inout JSONObject) {
        var result = JSONObject()
        for (key, name, limit) in [
            ("source_type", "sourceType", 64), ("source_id", "sourceId", 256), ("source_url", "sourceUrl", 2048),
            ("headline", "headline", 512), ("body", "body", 1024), ("ctwa_clid", "clickId", 512),
        ] {
            result.append(name, referral[key]?.text(limit).map(JSONValue.string))
        }
        if !result.isEmpty { metadata.append("referral", .object(result)) }
    }
}

/// Who wrote: a phone number where Meta tells it, otherwise the business-scoped user id.
struct WhatsAppSender {
    var id: String
    private var contact: JSONView?
    private var userID: String?

    init?(of message: JSONView, _ contacts: WhatsAppContacts) {
        let phone = message["from"]?.name(150)
        userID = message["from_user_id"]?.name(150)
        contact = contacts.contact(phone: phone, userID: userID)
        userID = userID ?? contact?["user_id"]?.name(150)
        if let id = phone ?? contact?["wa_id"]?.name(150) ?? userID {
            self.id = id
        } else if let system = message["system"],
            let id = system["previous_user_id"]?.name(150) ?? system["wa_id"]?.name(150)
                ?? system["user_id"]?.name(150)
        {
            // A change of identity may name the customer only in there.
            self.id = id
        } else {
            return nil
        }
    }

    func describe(in metadata: inout JSONObject) {
        let profile = contact?["profile"]
        metadata.append("profileName", profile?["name"]?.text(512).map(JSONValue.string))
        metadata.append("username", profile?["username"]?.text(256).map(JSONValue.string))
        if let userID { metadata.append("userId", .string(userID)) }
        metadata.append("parentUserId", contact?["parent_user_id"]?.name(150).map(JSONValue.string))
    }
}

/// The contacts of a change. They stand beside its messages, not in them; mostly there is one.
struct WhatsAppContacts {
    private let list: JSONElements?
    /// For the rare long list; otherwise empty.
    private var index: [String: Int] = [:]

    private static let longList = 4

    init(_ view: JSONView?) {
        list = view?.elements
        guard let list, list.count > Self.longList else { return }
        for (position, contact) in list.enumerated() {
            for key in ["user_id", "wa_id"] {
                if let name = contact[key]?.name(150) { index[name] = position }
            }
        }
    }

    func contact(phone: String?, userID: String?) -> JSONView? {
        guard let list else { return nil }
        if phone == nil && userID == nil { return list.count == 1 ? list[0] : nil }
        if list.count > Self.longList {
            return (phone.flatMap { index[$0] } ?? userID.flatMap { index[$0] }).map { list[$0] }
        }
        return list.first { contact in
            if let phone, contact["wa_id"]?.name(150) == phone { return true }
            if let userID, contact["user_id"]?.name(150) == userID { return true }
            return false
        }
    }
}

extension MessageID {
    /// The same id for the same message of a platform, however often and on whichever node its webhook arrives.
    init(at time: Timestamp, channelID: String, externalID: String) {
        var bits = StableBits(
            state: StableHash.fnv1a(channelID) &* 0x9E37_79B9_7F4A_7C15 ^ StableHash.fnv1a(externalID))
        self.init(at: time, using: &bits)
    }
}

/// SplitMix64: spreads a hash over as many bits as are asked for.
private struct StableBits: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
