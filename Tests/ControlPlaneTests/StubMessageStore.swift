import Domain
import Support
import Synchronization

/// Messages and conversations to read; nothing is ever written through it.
final class StubMessageStore: MessageStore, Sendable {
    struct NotHere: Error {}

    private let known = Mutex<(conversations: [Conversation], messages: [StoredMessage])>(([], []))

    func add(_ conversation: Conversation, _ messages: [StoredMessage]) {
        known.withLock { known in
            known.conversations.append(conversation)
            known.messages += messages
        }
    }

    func message(_ id: MessageID) -> StoredMessage? { known.withLock { $0.messages.first { $0.message.id == id } } }

    func conversation(_ key: ConversationKey) -> Conversation? {
        known.withLock { $0.conversations.first { $0.key == key } }
    }

    func conversations(
        tenantID: String, status: Conversation.Status?, channelID: String?, query: String?, _ page: PageRequest
    ) throws -> Page<Conversation> {
        let all = known.withLock { known in
            known.conversations.filter {
                $0.tenantID == tenantID && (status ?? $0.status) == $0.status
                    && (channelID ?? $0.key.channelID) == $0.key.channelID
                    && (query.map($0.userID.contains) ?? true)
            }
        }
        return try FakePages.page(all, page) { $0.key.conversationID }
    }

    func messages(
        _ key: ConversationKey, after: Int64?, before: Int64?, _ page: PageRequest
    ) throws -> Page<StoredMessage> {
        let all = known.withLock { known in
            known.messages.filter { stored in
                let position = stored.message.position ?? 0
                return stored.message.conversation == key && position > after ?? -1 && position < before ?? .max
            }
        }
        return try FakePages.page(all, page) { String($0.message.position ?? 0) }
    }

    func record(_ message: NormalizedMessage, now: Timestamp) throws -> InboundRecord { throw NotHere() }
    func history(_ key: ConversationKey, before position: Int64, limit: Int) throws -> [StoredMessage] {
        throw NotHere()
    }
    func conclude(_ inbound: NormalizedMessage, with conclusion: Conclusion, now: Timestamp) throws -> Concluded {
        throw NotHere()
    }
    func markPublished(_ ids: [MessageID]) throws { throw NotHere() }
    func unpublished(before: Timestamp, limit: Int) throws -> [NormalizedMessage] { throw NotHere() }
    func claim(_ message: NormalizedMessage, node: String, pace: PairPace?, now: Timestamp) throws -> Claim {
        throw NotHere()
    }
    func beginSending(_ id: MessageID, attempt: Int, now: Timestamp) throws -> Bool { throw NotHere() }
    func release(_ id: MessageID, attempt: Int, partsSent: Int) throws { throw NotHere() }
    func settle(_ id: MessageID, _ outcome: SendOutcome, now: Timestamp) throws { throw NotHere() }
    func apply(_ updates: [StatusUpdate]) throws -> [StatusUpdate] { throw NotHere() }
    func expireUnknown(before: Timestamp, now: Timestamp, limit: Int) throws -> [StoredMessage] { throw NotHere() }
    func reserve(pacingKey: String, ratePerSecond: Double, count: Int, now: Timestamp) throws -> PaceGrant {
        throw NotHere()
    }
}
