package import Domain
package import JSONCoding

/// What one webhook body of the WhatsApp Business Platform brings: every message and every status of every change of
/// every entry.
///
/// Follows Meta's reference of the `messages` webhook field. One thing in a body that cannot be read is counted and
/// passed over; it never costs those beside it.
package struct WhatsAppWebhook: Sendable, Hashable {
    /// In the order in which they stand in the body.
    package var messages: [NormalizedMessage] = []
    package var statuses: [StatusUpdate] = []
    /// Out-of-band errors that Meta reports about the account, the app or a number; at most ``errorLimit`` are kept.
    package var errors: [PlatformError] = []
    /// Messages and statuses of a number that is none of ours: acknowledged and dropped.
    package var foreign = 0
    /// Messages and statuses without so much as an id and a sender, and changes without a number.
    package var malformed = 0
    /// What is well-formed and none of our business: other webhook fields, kinds of status we do not follow, echoes
    /// of the business's own messages.
    package var ignored = 0

    static let errorLimit = 20

    /// Where a number's messages go.
    package struct Destination: Sendable, Hashable {
        package var tenantID: String
        package var channelID: String

        package init(tenantID: String, channelID: String) {
            self.tenantID = tenantID
            self.channelID = channelID
        }
    }

    package struct PlatformError: Sendable, Hashable {
        package var code: Int64?
        package var text: String?
    }

    /// The body is JSON, but no webhook of a WhatsApp Business account.
    package struct NotAWebhook: Error, Sendable, Hashable {}

    package init() {}

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - now: stands in for timestamps that are missing or senseless.
    ///   - destination: the channel of a `phone_number_id`; nil where it is none of the tenant's.
    /// - Throws: ``NotAWebhook`` when `object` or `entry` is not what it must be.
    package static func parse(
        _ document: JSONDocument, now: Timestamp, destination: (_ phoneNumberID: String) -> Destination?
    ) throws(NotAWebhook) -> WhatsAppWebhook {
        let root = document.root
        guard root["object"]?.isString("whatsapp_business_account") ?? false, let entries = root["entry"],
            entries.isArray
        else { throw NotAWebhook() }
        var webhook = WhatsAppWebhook()
        for entry in entries.elements {
            guard let changes = entry["changes"], changes.isArray else {
                webhook.malformed += 1
                continue
            }
            for change in changes.elements { webhook.read(change, now, destination) }
        }
        return webhook
    }

    private mutating func read(_ change: JSONView, _ now: Timestamp, _ destination: (String) -> Destination?) {
        if let field = change["field"], !field.isString("messages") {
            ignored += 1
            return
        }
        guard let value = change["value"], let metadata = value["metadata"],
            let number = metadata["phone_number_id"]?.name(128)
        else {
            malformed += 1
            return
        }
        let messages = value["messages"]
        let statuses = value["statuses"]
        guard let place = destination(number) else {
            foreign += (messages?.elements.count ?? 0) + (statuses?.elements.count ?? 0)
            return
        }
        if let list = value["errors"] { note(list) }
        if let messages {
            let context = WhatsAppChange(
                place: place, phoneNumberID: number, displayNumber: metadata["display_phone_number"],
                contacts: WhatsAppContacts(value["contacts"]), now: now)
            for message in messages.elements {
                switch context.read(message) {
                case .message(let message): self.messages.append(message)
                case .echo: ignored += 1
                case .malformed: malformed += 1
                }
            }
        }
        if let statuses {
            for status in statuses.elements {
                switch WhatsAppStatus.read(status, place, now) {
                case .update(let update): self.statuses.append(update)
                case .ignored: ignored += 1
                case .malformed: malformed += 1
                }
            }
        }
    }

    private mutating func note(_ list: JSONView) {
        for error in list.elements {
            guard errors.count < Self.errorLimit else { return }
            errors.append(PlatformError(code: error["code"]?.wholeNumber, text: WhatsAppStatus.text(of: error)))
        }
    }
}

/// Moments as Meta writes them: seconds since 1970, as a string.
enum WhatsAppTime {
    static func read(_ view: JSONView?, now: Timestamp) -> Timestamp {
        guard let seconds = view?.wholeNumber, (1...253_402_300_799).contains(seconds) else { return now }
        return Timestamp(milliseconds: seconds * 1000)
    }
}
