import Domain
import JSONCoding

/// One element of `statuses`: what became of a message that we sent.
enum WhatsAppStatus {
    case update(StatusUpdate)
    /// A kind that we do not follow, or a step of a part that is not the message's last.
    case ignored
    case malformed

    static func read(_ view: JSONView, _ place: WhatsAppWebhook.Destination, _ now: Timestamp) -> WhatsAppStatus {
        guard let word = view["status"]?.name(64) else { return .malformed }
        let status: DeliveryStatus
        switch word {
        case "sent": status = .sent
        case "delivered": status = .delivered
        // A voice message that was listened to.
        case "read", "played": status = .read
        case "failed": status = .failed
        default: return .ignored
        }
        let externalID = view["id"]?.name(512)
        let part = view["biz_opaque_callback_data"]?.name(64).flatMap(WhatsAppPartID.init)
        if let part, !part.isLast, status != .failed { return .ignored }
        guard externalID != nil || part != nil else { return .malformed }
        let error = status == .failed ? view["errors"]?[0] : nil
        return .update(
            StatusUpdate(
                tenantID: place.tenantID, channelID: place.channelID, messageID: part?.message,
                externalID: externalID, status: status, timestamp: WhatsAppTime.read(view["timestamp"], now: now),
                code: error?["code"]?.wholeNumber, text: error.flatMap(text)))
    }

    /// `{code, title, message, error_data: {details}}` as one line.
    static func text(of error: JSONView) -> String? {
        let title = error["title"]?.text(1000) ?? error["message"]?.text(1000)
        let details = error["error_data"]?["details"]?.text(2000)
        guard let title, let details, details != title else { return details ?? title }
        return title + ": " + details
    }
}

/// What travels in `biz_opaque_callback_data` and comes back with every status: our message id, and for all parts but
/// the last of a message that had to be split the part's number behind a dot. So a message counts as delivered when
/// its last part is, and as failed when any part is.
struct WhatsAppPartID: Hashable {
    var message: MessageID
    var part: Int?

    var isLast: Bool { part == nil }

    init(message: MessageID, part: Int, of count: Int) {
        self.message = message
        self.part = part == count - 1 ? nil : part
    }

    init?(_ text: String) {
        let pieces = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let message = MessageID(String(pieces[0])) else { return nil }
        self.message = message
        if pieces.count == 2 {
            guard let part = Int(pieces[1]), part >= 0 else { return nil }
            self.part = part
        }
    }

    var text: String { part.map { "\(message).\($0)" } ?? message.description }
}
