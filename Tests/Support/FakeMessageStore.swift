package import Domain
import Synchronization

/// The message store's rules in memory: what ``MessageStore`` promises, without a database.
package final class FakeMessageStore: MessageStore {
    struct Conversation {
        var value: Domain.Conversation
        /// Theoretical arrival time of the pair's bucket (GCRA), in milliseconds.
        var paceAt: Int64 = .min
    }

    struct Row {
        var stored: StoredMessage
        var recordedAt: Timestamp
        var isPublished = true
        var claimedBy: String?
        var claimedAt: Timestamp?
        var attempts = 0
        var partsSent = 0
    }

    struct State {
        var conversations: [ConversationKey: Conversation] = [:]
        var rows: [MessageID: Row] = [:]
        var answers: [MessageID: MessageID] = [:]
        var buckets: [String: Int64] = [:]
    }

    let state = Mutex(State())
    private let hook: PortHook?

    /// How long an earlier message that has not ended holds up its successors, in milliseconds.
    package static let predecessorMilliseconds: Int64 = 30_000

    package init(hook: PortHook? = nil) { self.hook = hook }

    private func call<R: Sendable>(_ name: String, _ body: (inout sending State) throws -> sending R) async throws -> R
    {
        try await hook?(name, .before)
        let result = try state.withLock { state in try body(&state) }
        try await hook?(name, .after)
        return result
    }

    // MARK: Inbound

    package func record(_ message: NormalizedMessage, now: Timestamp) async throws -> InboundRecord {
        try await call("record") { state in
            let key = message.conversation
            if state.rows[message.id] == nil, let externalID = message.externalID,
                let original = state.rows.values.first(where: {
                    $0.stored.message.conversation == key && $0.stored.message.externalID == externalID
                        && $0.stored.message.direction == .inbound
                }), let conversation = state.conversations[key]
            {
                return InboundRecord(
                    state: .duplicate(of: original.stored.message.id),
                    position: original.stored.message.position ?? 0, conversation: conversation.value,
                    createdConversation: false, isNew: false)
            }
            var created = false
            var isNew = false
            if state.rows[message.id] == nil {
                isNew = true
                created = state.conversations[key] == nil
                state.conversation(for: message, now: now)
                if state.conversations[key]?.value.status == .closed {
                    state.conversations[key]?.value.status = .active
                }
                state.conversations[key]?.value.unread += 1
                var kept = message
                kept.position = state.nextPosition(key)
                state.rows[message.id] = Row(
                    stored: StoredMessage(message: kept, outcome: .received), recordedAt: now)
            }
            guard let row = state.rows[message.id], let conversation = state.conversations[key] else {
                throw DependencyError.rejected("no row")
            }
            let position = row.stored.message.position ?? 0
            let outcome = row.stored.outcome ?? .received
            let result: InboundRecord.State
            if outcome != .received {
                result = .ended(outcome, unpublishedAnswer: state.unpublishedAnswer(to: message.id))
            } else if state.hasOpenPredecessor(row, now: now) {
                result = .predecessorOpen
            } else {
                result = .open
            }
            return InboundRecord(
                state: result, position: position, conversation: conversation.value, createdConversation: created,
                isNew: isNew)
        }
    }

    package func history(
        _ key: ConversationKey, before position: Int64, limit: Int
    ) async throws -> [StoredMessage] {
        try await call("history") { state in
            Array(
                state.rows.values.map(\.stored)
                    .filter { $0.message.conversation == key && ($0.message.position ?? 0) < position }
                    .sorted { ($0.message.position ?? 0) < ($1.message.position ?? 0) }.suffix(limit))
        }
    }

    package func conclude(
        _ inbound: NormalizedMessage, with conclusion: Conclusion, now: Timestamp
    ) async throws -> Concluded {
        try await call("conclude") { state in
            guard let row = state.rows[inbound.id] else { throw DependencyError.rejected("not recorded") }
            if let outcome = row.stored.outcome, outcome != .received {
                return .already(outcome, unpublishedAnswer: state.unpublishedAnswer(to: inbound.id))
            }
            let key = inbound.conversation
            func end(_ outcome: InboundOutcome, _ reason: String?) {
                state.rows[inbound.id]?.stored.outcome = outcome
                state.rows[inbound.id]?.stored.reason = reason
            }
            func keep(_ answer: NormalizedMessage) -> NormalizedMessage {
                var answer = answer
                answer.position = state.nextPosition(key)
                state.rows[answer.id] = Row(
                    stored: StoredMessage(message: answer, delivery: .queued, answers: inbound.id),
                    recordedAt: now, isPublished: false)
                state.answers[inbound.id] = answer.id
                return answer
            }
            switch conclusion {
            case .answer, .escalate:
                if state.conversations[key]?.value.status == .assignedHuman {
                    end(.held, nil)
                    return .held
                }
            case .end: break
            }
            switch conclusion {
            case .answer(let answer):
                end(.answered, nil)
                return .recorded(keep(answer))
            case .escalate(let answer, let reason):
                end(.escalated, reason)
                state.conversations[key]?.value.status = .assignedHuman
                return .recorded(keep(answer))
            case .end(let outcome, let reason):
                end(outcome, reason)
                return .recorded(nil)
            }
        }
    }

    package func markPublished(_ ids: [MessageID]) async throws {
        try await call("markPublished") { state in
            for id in ids { state.rows[id]?.isPublished = true }
        }
    }

    package func unpublished(before: Timestamp, limit: Int) async throws -> [NormalizedMessage] {
        try await call("unpublished") { state in
            Array(
                state.rows.values.filter { !$0.isPublished && $0.stored.delivery == .queued && $0.recordedAt < before }
                    .sorted { $0.recordedAt < $1.recordedAt }.map(\.stored.message).prefix(limit))
        }
    }
}

// MARK: Outbound

extension FakeMessageStore {
    package func claim(
        _ message: NormalizedMessage, node: String, pace: PairPace?, now: Timestamp
    ) async throws -> Claim {
        try await call("claim") { state in
            let key = message.conversation
            if state.rows[message.id] == nil {
                state.conversation(for: message, now: now)
                var kept = message
                kept.position = state.nextPosition(key)
                state.rows[message.id] = Row(
                    stored: StoredMessage(message: kept, delivery: .queued), recordedAt: now)
            }
            guard var row = state.rows[message.id] else { throw DependencyError.rejected("no row") }
            switch row.stored.delivery ?? .queued {
            case .queued where row.claimedBy == node, .sending where row.claimedBy == node:
                return .claimed(attempt: row.attempts, partsSent: row.partsSent)
            case .queued: break
            case .sending, .unknown:
                row.stored.delivery = .unknown
                state.rows[message.id] = row
                return .uncertain
            case let settled: return .settled(settled)
            }
            if state.hasUnsentPredecessor(row, now: now) { return .predecessorOpen }
            if let pace {
                let at = max(state.conversations[key]?.paceAt ?? .min, now.milliseconds)
                let tolerance = pace.intervalMilliseconds * Int64(pace.burst - 1)
                if at - now.milliseconds > tolerance {
                    return .paced(until: Timestamp(milliseconds: at - tolerance))
                }
                state.conversations[key]?.paceAt = at + pace.intervalMilliseconds
            }
            row.attempts += 1
            row.claimedBy = node
            row.claimedAt = now
            state.rows[message.id] = row
            return .claimed(attempt: row.attempts, partsSent: row.partsSent)
        }
    }

    package func beginSending(_ id: MessageID, attempt: Int, now: Timestamp) async throws -> Bool {
        try await call("beginSending") { state in
            guard let row = state.rows[id], row.attempts == attempt, row.claimedBy != nil,
                row.stored.delivery == .queued || row.stored.delivery == .sending
            else { return false }
            state.rows[id]?.stored.delivery = .sending
            return true
        }
    }

    package func release(_ id: MessageID, attempt: Int, partsSent: Int) async throws {
        try await call("release") { state in
            guard let row = state.rows[id], row.attempts == attempt, row.claimedBy != nil else { return }
            switch row.stored.delivery {
            case .queued, .sending: break
            case .unknown: state.rows[id]?.isPublished = false
            default: return
            }
            state.rows[id]?.stored.delivery = .queued
            state.rows[id]?.claimedBy = nil
            state.rows[id]?.partsSent = partsSent
        }
    }

    package func settle(_ id: MessageID, _ outcome: SendOutcome, now: Timestamp) async throws {
        try await call("settle") { state in
            guard let current = state.rows[id]?.stored.delivery else { return }
            switch outcome {
            case .sent(let externalID):
                state.rows[id]?.stored.message.externalID = externalID
                if current.advances(to: .sent) { state.rows[id]?.stored.delivery = .sent }
            case .failed(let reason, let code, let text):
                guard current.advances(to: .failed) else { return }
                state.rows[id]?.stored.delivery = .failed
                state.rows[id]?.stored.reason = reason
                state.rows[id]?.stored.code = code
                state.rows[id]?.stored.failureText = text
            case .unknown:
                if current == .sending { state.rows[id]?.stored.delivery = .unknown }
            }
        }
    }

    package func apply(_ updates: [StatusUpdate]) async throws -> [StatusUpdate] {
        try await call("apply") { state in
            updates.filter { update in
                let id =
                    update.messageID.flatMap { state.rows[$0] != nil ? $0 : nil }
                    ?? state.rows.first { $0.value.stored.message.externalID == update.externalID }?.key
                guard let id, let row = state.rows[id], row.stored.message.channelID == update.channelID,
                    row.stored.message.tenantID == update.tenantID,
                    (row.stored.delivery ?? .queued).advances(to: update.status)
                else { return false }
                state.rows[id]?.stored.delivery = update.status
                state.rows[id]?.stored.code = update.code
                return true
            }
        }
    }

    package func expireUnknown(before: Timestamp, now: Timestamp, limit: Int) async throws -> [StoredMessage] {
        try await call("expireUnknown") { state in
            let ids = state.rows.filter { _, row in
                (row.stored.delivery == .unknown || row.stored.delivery == .sending)
                    && (row.claimedAt ?? row.recordedAt) < before
            }.keys.prefix(limit)
            return ids.compactMap { id in
                state.rows[id]?.stored.delivery = .failed
                state.rows[id]?.stored.reason = "outcome_unknown"
                return state.rows[id]?.stored
            }
        }
    }

    package func reserve(
        pacingKey: String, ratePerSecond: Double, count: Int, now: Timestamp
    ) async throws -> PaceGrant {
        try await call("reserve") { state in
            let first = max(state.buckets[pacingKey] ?? .min, now.milliseconds)
            state.buckets[pacingKey] = first + Int64(Double(count) * 1000 / ratePerSecond)
            return PaceGrant(first: Timestamp(milliseconds: first), count: count)
        }
    }
}

// MARK: Reading

extension FakeMessageStore {
    package func message(_ id: MessageID) async throws -> StoredMessage? {
        state.withLock { $0.rows[id]?.stored }
    }

    package func conversation(_ key: ConversationKey) async throws -> Domain.Conversation? {
        state.withLock { $0.conversations[key]?.value }
    }

    package func conversations(
        tenantID: String, status: Domain.Conversation.Status?, channelID: String?, query: String?,
        _ page: PageRequest
    ) async throws -> Page<Domain.Conversation> {
        let items = state.withLock { state in
            state.conversations.values.map(\.value).filter {
                $0.tenantID == tenantID && (status == nil || $0.status == status)
                    && (channelID == nil || $0.key.channelID == channelID)
            }
        }
        return Page(items: Array(items.prefix(page.limit)), nextCursor: nil)
    }

    package func messages(
        _ key: ConversationKey, after: Int64?, before: Int64?, _ page: PageRequest
    ) async throws -> Page<StoredMessage> {
        Page(items: all.filter { $0.message.conversation == key }, nextCursor: nil)
    }

    /// Every message, by conversation and position.
    package var all: [StoredMessage] {
        state.withLock { state in
            state.rows.values.map(\.stored).sorted {
                ($0.message.conversationID, $0.message.position ?? 0)
                    < ($1.message.conversationID, $1.message.position ?? 0)
            }
        }
    }

    /// A person takes the conversation over, or gives it back.
    package func setStatus(_ status: Domain.Conversation.Status, of key: ConversationKey) {
        state.withLock { $0.conversations[key]?.value.status = status }
    }

    package func isPublished(_ id: MessageID) -> Bool { state.withLock { $0.rows[id]?.isPublished ?? false } }
}

extension FakeMessageStore.State {
    mutating func conversation(for message: NormalizedMessage, now: Timestamp) {
        let key = message.conversation
        if conversations[key] == nil {
            conversations[key] = FakeMessageStore.Conversation(
                value: Domain.Conversation(
                    key: key, tenantID: message.tenantID, channel: message.channel, status: .active, agent: nil,
                    userID: message.from, lastMessageAt: now, lastPosition: 0, unread: 0, createdAt: now))
        }
        conversations[key]?.value.lastMessageAt = now
    }

    mutating func nextPosition(_ key: ConversationKey) -> Int64 {
        let position = (conversations[key]?.value.lastPosition ?? 0) + 1
        conversations[key]?.value.lastPosition = position
        return position
    }

    func unpublishedAnswer(to id: MessageID) -> NormalizedMessage? {
        guard let answer = answers[id], let row = rows[answer], !row.isPublished else { return nil }
        return row.stored.message
    }

    func hasOpenPredecessor(_ row: FakeMessageStore.Row, now: Timestamp) -> Bool {
        rows.values.contains { other in
            other.stored.message.conversation == row.stored.message.conversation
                && other.stored.message.direction == .inbound && other.stored.outcome == .received
                && (other.stored.message.position ?? 0) < (row.stored.message.position ?? 0)
                && now - other.recordedAt < FakeMessageStore.predecessorMilliseconds
        }
    }

    func hasUnsentPredecessor(_ row: FakeMessageStore.Row, now: Timestamp) -> Bool {
        rows.values.contains { other in
            other.stored.message.conversation == row.stored.message.conversation
                && other.stored.message.direction == .outbound
                && (other.stored.delivery == .queued || other.stored.delivery == .sending)
                && (other.stored.message.position ?? 0) < (row.stored.message.position ?? 0)
                && now - other.recordedAt < FakeMessageStore.predecessorMilliseconds
        }
    }
}
