package import Domain
package import JSONCoding

/// What a webhook's body holds, normalised.
package struct WebhookBody: Sendable {
    package var messages: [NormalizedMessage] = []
    package var statuses: [StatusUpdate] = []
    /// Parts meant for a number or page that is none of the tenant's, or whose signature is another channel's.
    package var foreign = 0
    /// Parts that cannot be read, beside others that can.
    package var malformed = 0

    /// Well-formed and none of our business.
    package var ignored = 0
    /// What the platform reports of the account itself, for the log.
    package var errors: [String] = []

    package init() {}
}

/// Reads one platform's webhook body; nil when it is no such payload at all.
package typealias WebhookParser =
    @Sendable (
        _ document: JSONDocument, _ now: Timestamp, _ resolve: (_ accountID: String) -> ChannelRuntime?
    ) -> WebhookBody?
