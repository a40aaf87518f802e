/// How far an outbound message has come.
///
/// Only forward: queued → sending → sent → delivered → read, steps may be missing. `failed` is final. `unknown`: the
/// request was written and the answer never came; a later status settles it, otherwise it turns `failed`.
package enum DeliveryStatus: String, Sendable, Hashable, CaseIterable {
    case queued, sending, unknown, sent, delivered, read, failed

    private var rank: Int {
        switch self {
        case .queued: 0
        case .sending: 1
        case .unknown: 2
        case .sent: 3
        case .delivered: 4
        case .read: 5
        case .failed: 6
        }
    }

    /// Whether a platform's report moves a message on from here.
    package func advances(to next: DeliveryStatus) -> Bool {
        switch (self, next) {
        case (.failed, _), (.read, _), (_, .queued), (_, .sending), (_, .unknown): false
        case (.delivered, .failed): false
        default: rank < next.rank
        }
    }
}

/// What became of an inbound message.
package enum InboundOutcome: String, Sendable, Hashable, CaseIterable {
    /// Recorded; being worked on, or waiting to be tried again.
    case received
    case answered
    /// Handed over to a person, and the customer told so.
    case escalated
    /// A person has the conversation; no bot answers.
    case held
    /// Too old to be answered.
    case stale
    /// Nothing to answer: a reaction, a system notice.
    case noted
    /// Over the tenant's limit.
    case limited
    /// Failed for good.
    case dead
}

/// What a platform reports about a message we sent.
package struct StatusUpdate: Sendable, Hashable {
    package var tenantID: String
    package var channelID: String
    /// Our id, where the platform returned it (`biz_opaque_callback_data`, Messenger's `metadata`).
    package var messageID: MessageID?
    /// The platform's id.
    package var externalID: String?
    /// `sent`, `delivered`, `read` or `failed`.
    package var status: DeliveryStatus
    package var timestamp: Timestamp
    /// Of a failure: the platform's own code and text.
    package var code: Int64?
    package var text: String?

    package init(
        tenantID: String, channelID: String, messageID: MessageID?, externalID: String?, status: DeliveryStatus,
        timestamp: Timestamp, code: Int64? = nil, text: String? = nil
    ) {
        self.tenantID = tenantID
        self.channelID = channelID
        self.messageID = messageID
        self.externalID = externalID
        self.status = status
        self.timestamp = timestamp
        self.code = code
        self.text = text
    }
}
