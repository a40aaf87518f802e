import JSONCoding

/// A valid `POST /{version}/{phone_number_id}/messages`.
enum SendRequest: Sendable {
    case message(OutgoingMessage)
    /// Marks a customer's message as read, with or without "typing…" until the answer.
    case read(messageID: String, typing: Bool)
}

/// What a business sends to a customer.
struct OutgoingMessage: Sendable {
    /// The customer: digits of the phone, or the business-scoped user id.
    var customer: String
    /// The customer as the business wrote it; Meta's answer repeats it.
    var input: String
    /// Whether `customer` is a business-scoped user id.
    var isScopedUser: Bool
    /// `text`, `image`, `interactive`, …
    var type: String
    /// What a person reads of it.
    var text: String
    /// Reply buttons or list rows.
    var choices: [Choice] = []
    /// The label of the button that opens a list.
    var listLabel: String?
    /// The type's own object, for everything but plain text.
    var content: JSONValue?
    /// The message it answers.
    var contextID: String?
    /// `biz_opaque_callback_data`: comes back in every status.
    var opaqueData: String?

    struct Choice: Sendable, Hashable {
        var id: String
        var title: String
        var detail: String?
    }

    /// Bytes it takes in memory, roughly.
    var weight: Int {
        320 + text.utf8.count * (content == nil ? 1 : 4) + (opaqueData?.utf8.count ?? 0)
    }
}
