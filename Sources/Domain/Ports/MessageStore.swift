/// Where messages and conversations live. Every function is one short transaction; all throw ``DependencyError``.
package protocol MessageStore: Sendable {
    // MARK: Inbound

    /// Records an inbound message once, creating its conversation if need be, and gives it its position.
    ///
    /// The same message is known by its id, or by (channel, conversation, externalID). Duplicates change nothing, not
    /// even a counter. Never changes a conversation's status, except that a closed one becomes active again.
    func record(_ message: NormalizedMessage, now: Timestamp) async throws -> InboundRecord

    /// The conversation's newest messages before `position`, oldest first.
    func history(_ key: ConversationKey, before position: Int64, limit: Int) async throws -> [StoredMessage]

    /// Ends the work on an inbound message: in one transaction its outcome, its answer (position given here, unique
    /// per inbound message, status `queued`, unpublished), and for an escalation the conversation's status.
    ///
    /// Checks once more that no person has taken over meanwhile (then nothing is written but outcome `held`), and
    /// that it has not ended already.
    func conclude(_ inbound: NormalizedMessage, with conclusion: Conclusion, now: Timestamp) async throws -> Concluded

    /// The broker has confirmed these outbound messages. Losing this mark costs a duplicate publish, no more.
    func markPublished(_ ids: [MessageID]) async throws

    /// Outbound messages recorded before `before` and not marked as published: left behind by a process that died.
    func unpublished(before: Timestamp, limit: Int) async throws -> [NormalizedMessage]

    // MARK: Outbound

    /// Claims an outbound message for sending now; it stays `queued`. Inserts it when it is not recorded yet.
    ///
    /// Also takes the pair's place (see ``PairPace``) from the conversation's bucket, in the same transaction.
    ///
    /// `node` names the claimant, one word for each delivery. A later claim takes an earlier one away as long as that
    /// has not begun to send. A claimant that asks again gets its own claim again: so a claim whose confirmation was
    /// lost is not lost itself. It must not ask after it has sent.
    func claim(_ message: NormalizedMessage, node: String, pace: PairPace?, now: Timestamp) async throws -> Claim

    /// The last step before the bytes that make the platform act: `queued` becomes `sending`. From here on nobody sends
    /// the message again unless this claim is released. Repeated for each part of a long message.
    ///
    /// `attempt` is what the claim gave.
    /// - Returns: whether the claim still holds; if not, nothing may be written.
    func beginSending(_ id: MessageID, attempt: Int, now: Timestamp) async throws -> Bool

    /// The platform certainly did not take what was tried last: `sending` becomes `queued` again. `partsSent` counts
    /// those parts of a long message that it did take; the next claim tells it.
    ///
    /// `attempt` is what the claim gave. A release that arrives late, after another claim, changes nothing: it would
    /// open to a second send what is being sent. Another delivery may have made the message `unknown` meanwhile: who
    /// sent it knows better. Then it counts as unpublished too, for the other delivery is gone.
    func release(_ id: MessageID, attempt: Int, partsSent: Int) async throws

    /// The end of an attempt. Only forward (see ``DeliveryStatus``).
    func settle(_ id: MessageID, _ outcome: SendOutcome, now: Timestamp) async throws

    /// Applies statuses that the platform reported, in one go; gives those that changed something.
    /// Found by our id if it is one of the tenant's and channel's, else by (channel, external id).
    func apply(_ updates: [StatusUpdate]) async throws -> [StatusUpdate]

    /// Turns `unknown` (and `sending` of dead nodes) since before `before` into `failed`, reason `outcome_unknown`.
    func expireUnknown(before: Timestamp, now: Timestamp, limit: Int) async throws -> [StoredMessage]

    /// Reserves up to `count` places in a number's bucket shared by the fleet (GCRA). Gives the moment of the first
    /// place and how many were given; further places follow at `1000 / ratePerSecond` ms.
    func reserve(pacingKey: String, ratePerSecond: Double, count: Int, now: Timestamp) async throws -> PaceGrant

    // MARK: Reading

    func message(_ id: MessageID) async throws -> StoredMessage?
    func conversation(_ key: ConversationKey) async throws -> Conversation?
    /// Newest activity first. `query` searches user ids, conversation ids and message texts.
    func conversations(
        tenantID: String, status: Conversation.Status?, channelID: String?, query: String?, _ page: PageRequest
    ) async throws -> Page<Conversation>
    /// By position, ascending, exclusive bounds. With only `before` the newest ones before it.
    func messages(
        _ key: ConversationKey, after: Int64?, before: Int64?, _ page: PageRequest
    ) async throws -> Page<StoredMessage>
}

package struct InboundRecord: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Not ended yet (new, or redelivered): work on it.
        case open
        /// The same message under another id is or was worked on by its own delivery: drop this one.
        case duplicate(of: MessageID)
        /// Ended. An answer that is not known to be published must be published (again).
        case ended(InboundOutcome, unpublishedAnswer: NormalizedMessage?)
        /// An earlier inbound message of the conversation has not ended, and it is younger than 30 s: try again soon.
        case predecessorOpen
    }

    package var state: State
    package var position: Int64
    package var conversation: Conversation
    /// Whether this call created the conversation / recorded the message.
    package var createdConversation: Bool
    package var isNew: Bool

    package init(
        state: State, position: Int64, conversation: Conversation, createdConversation: Bool, isNew: Bool
    ) {
        self.state = state
        self.position = position
        self.conversation = conversation
        self.createdConversation = createdConversation
        self.isNew = isNew
    }
}

/// How the work on an inbound message ends.
package enum Conclusion: Sendable, Hashable {
    case answer(NormalizedMessage)
    /// Hands over to a person; the message tells the customer so.
    case escalate(NormalizedMessage, reason: String)
    /// No answer.
    case end(InboundOutcome, reason: String?)
}

package enum Concluded: Sendable, Hashable {
    /// Recorded now; the answer, if any, with its position.
    case recorded(NormalizedMessage?)
    /// It had ended before; the answer if it is not known to be published.
    case already(InboundOutcome, unpublishedAnswer: NormalizedMessage?)
    /// A person took over meanwhile; ended as `held`, nothing to publish.
    case held
}

/// A pair's (business number and customer) sending pace: a bucket of `burst` places that refills one per `interval`.
package struct PairPace: Sendable, Hashable {
    package var intervalMilliseconds: Int64
    package var burst: Int

    package init(intervalMilliseconds: Int64, burst: Int) {
        self.intervalMilliseconds = intervalMilliseconds
        self.burst = burst
    }

    /// WhatsApp: 1 per 6 s, bursts of 45.
    package static let whatsapp = PairPace(intervalMilliseconds: 6000, burst: 45)
}

package enum Claim: Sendable, Hashable {
    /// Send it now, from that part on; `attempt` counts from 1.
    case claimed(attempt: Int, partsSent: Int)
    /// Sent, delivered, read, failed: nothing to do.
    case settled(DeliveryStatus)
    /// Another delivery of it was being sent and nobody knows how that ended; now `unknown`. Nothing to do.
    case uncertain
    /// An earlier outbound message of the conversation is still `queued` or `sending` and younger than 30 s.
    case predecessorOpen
    /// The pair's bucket is empty until then.
    case paced(until: Timestamp)
}

package enum SendOutcome: Sendable, Hashable {
    case sent(externalID: String)
    /// Final. `reason` is a word of the contract (`window_closed`, `outcome_unknown`, …).
    case failed(reason: String, code: Int64?, text: String?)
    /// Written, and the answer never came.
    case unknown
}

package struct PaceGrant: Sendable, Hashable {
    package var first: Timestamp
    package var count: Int

    package init(first: Timestamp, count: Int) {
        self.first = first
        self.count = count
    }
}
