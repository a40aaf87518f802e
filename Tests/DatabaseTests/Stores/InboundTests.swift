import Domain
import Testing

@testable import Database

@Suite struct InboundTests {
    @Test func aFirstMessageOpensItsConversation() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let message = NormalizedMessage.inbound("Grüße \u{1F418} \" \\ \u{1}", externalID: "wamid.1")
            let record = try await store.record(message, now: noon)
            #expect(record.state == .open)
            #expect(record.isNew && record.createdConversation)
            #expect(record.position == 1)
            #expect(record.conversation.key == message.conversation)
            #expect(record.conversation.userID == "491")
            #expect(record.conversation.unread == 1)
            #expect(record.conversation.status == .active)
            #expect(record.conversation.lastMessageAt == noon)
            let stored = try #require(try await store.message(message.id))
            #expect(stored.message == message.at(position: 1))
            #expect(stored.outcome == .received)
            #expect(stored.delivery == nil)
            let conversation = try await store.conversation(message.conversation)
            #expect(conversation == record.conversation)
        }
    }

    @Test func aRedeliveryChangesNothing() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let message = NormalizedMessage.inbound(externalID: "wamid.1")
            let first = try await store.record(message, now: noon)
            let again = try await store.record(message, now: noon.plus(seconds: 5))
            #expect(again.state == .open)
            #expect(!again.isNew && !again.createdConversation)
            #expect(again.position == 1)
            #expect(again.conversation == first.conversation)
        }
    }

    @Test func theSameExternalIDIsTheSameMessage() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let message = NormalizedMessage.inbound(externalID: "wamid.1")
            _ = try await store.record(message, now: noon)
            let twin = try await store.record(.inbound(externalID: "wamid.1"), now: noon)
            #expect(twin.state == .duplicate(of: message.id))
            #expect(twin.position == 1)
            #expect(twin.conversation.unread == 1)
            let elsewhere = try await store.record(
                .inbound(externalID: "wamid.1", conversation: "c:other"), now: noon)
            #expect(elsewhere.isNew)
            let nameless = NormalizedMessage.inbound()
            let other = NormalizedMessage.inbound()
            _ = try await store.record(nameless, now: noon)
            let second = try await store.record(other, now: noon)
            #expect(second.isNew && second.position == 3)
        }
    }

    @Test func twentyAtOnceAreOneMessage() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let copies = (0..<20).map { $0.isMultiple(of: 2) ? NormalizedMessage.inbound(externalID: "w") : nil }
            let same = NormalizedMessage.inbound(externalID: "w")
            let records = try await withThrowingTaskGroup(of: InboundRecord.self) { group in
                for copy in copies { group.addTask { try await store.record(copy ?? same, now: noon) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(records.filter(\.isNew).count == 1)
            #expect(records.filter(\.createdConversation).count == 1)
            #expect(records.allSatisfy { $0.position == 1 })
            let count = try await pool.query("SELECT FROM messages").count
            #expect(count == 1)
        }
    }

    @Test func positionsOfOneConversationHaveNoGaps() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let positions = try await withThrowingTaskGroup(of: Int64.self) { group in
                for index in 0..<60 {
                    group.addTask { try await store.record(.inbound(externalID: "w\(index)"), now: noon).position }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(positions.sorted() == Array(1...60))
        }
    }

    @Test func anOpenPredecessorIsWaitedForAWhile() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let first = NormalizedMessage.inbound("1", externalID: "1")
            let second = NormalizedMessage.inbound("2", externalID: "2")
            _ = try await store.record(first, now: noon)
            let early = try await store.record(second, now: noon.plus(seconds: 1))
            #expect(early.state == .predecessorOpen)
            #expect(early.isNew && early.position == 2)
            let firstAgain = try await store.record(first, now: noon.plus(seconds: 2))
            #expect(firstAgain.state == .open, "nothing is before the first")
            let later = try await store.record(second, now: noon.plus(seconds: 29))
            #expect(later.state == .predecessorOpen)
            let late = try await store.record(second, now: noon.plus(seconds: 31))
            #expect(late.state == .open, "30 s are enough")
            let other = try await store.record(.inbound(conversation: "c:2"), now: noon)
            #expect(other.state == .open)
            _ = try await store.conclude(first, with: .end(.noted, reason: nil), now: noon)
            let after = try await store.record(second, now: noon.plus(seconds: 3))
            #expect(after.state == .open)
        }
    }

    @Test func anAnswerIsGivenOnceAndFoundAgain() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let question = NormalizedMessage.inbound(externalID: "1")
            let answer = NormalizedMessage.outbound("42")
            _ = try await store.record(question, now: noon)
            let concluded = try await store.conclude(question, with: .answer(answer), now: noon)
            #expect(concluded == .recorded(answer.at(position: 2)))
            let again = try await store.conclude(question, with: .answer(.outbound("43")), now: noon)
            #expect(again == .already(.answered, unpublishedAnswer: answer.at(position: 2)))
            let redelivered = try await store.record(question, now: noon)
            #expect(redelivered.state == .ended(.answered, unpublishedAnswer: answer.at(position: 2)))
            let stored = try #require(try await store.message(answer.id))
            #expect(stored.delivery == .queued)
            #expect(stored.answers == question.id)
            let left = try await store.unpublished(before: noon.plus(seconds: 1), limit: 10)
            #expect(left == [answer.at(position: 2)])
            let tooEarly = try await store.unpublished(before: noon, limit: 10)
            #expect(tooEarly.isEmpty)
            try await store.markPublished([answer.id, MessageID(at: noon)])
            let done = try await store.record(question, now: noon)
            #expect(done.state == .ended(.answered, unpublishedAnswer: nil))
            let none = try await store.unpublished(before: noon.plus(seconds: 1), limit: 10)
            #expect(none.isEmpty)
        }
    }

    @Test func oneOfManyConclusionsWins() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let question = NormalizedMessage.inbound(externalID: "1")
            _ = try await store.record(question, now: noon)
            let results = try await withThrowingTaskGroup(of: Concluded.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await store.conclude(question, with: .answer(.outbound("\(index)")), now: noon)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let recorded = results.filter { if case .recorded = $0 { true } else { false } }
            #expect(recorded.count == 1)
            let answers = try await pool.query("SELECT FROM messages WHERE NOT inbound").count
            #expect(answers == 1)
        }
    }

    @Test func anEscalationHandsTheConversationOver() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let question = NormalizedMessage.inbound(externalID: "1")
            let next = NormalizedMessage.inbound(externalID: "2")
            _ = try await store.record(question, now: noon)
            _ = try await store.record(next, now: noon)
            let notice = NormalizedMessage.outbound("A person will answer")
            let escalated = try await store.conclude(
                question, with: .escalate(notice, reason: "requested"), now: noon)
            #expect(escalated == .recorded(notice.at(position: 3)))
            let stored = try await store.message(question.id)
            #expect(stored?.outcome == .escalated)
            #expect(stored?.reason == "requested")
            let record = try await store.record(next, now: noon)
            #expect(record.conversation.status == .assignedHuman)
            let held = try await store.conclude(next, with: .answer(.outbound("late")), now: noon)
            #expect(held == .held)
            let second = try await store.message(next.id)
            #expect(second?.outcome == .held)
            let outbound = try await pool.query("SELECT FROM messages WHERE NOT inbound").count
            #expect(outbound == 1)
            let third = try await store.record(.inbound(externalID: "3"), now: noon)
            #expect(third.conversation.status == .assignedHuman, "a message never undoes a takeover")
        }
    }

    @Test func aClosedConversationOpensAgain() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            _ = try await store.record(.inbound(externalID: "1"), now: noon)
            try await pool.query("UPDATE conversations SET status = 'closed', agent = 'Eve'")
            let record = try await store.record(.inbound(externalID: "2"), now: noon)
            #expect(record.conversation.status == .active)
            #expect(record.conversation.agent == nil)
            #expect(!record.createdConversation)
        }
    }

    @Test func whatWasNeverRecordedCannotBeConcluded() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let error = await dependencyError {
                _ = try await store.conclude(.inbound(), with: .end(.noted, reason: nil), now: noon)
            }
            #expect(error?.isUnavailable == false)
            let taken = NormalizedMessage.inbound(externalID: "1")
            _ = try await store.record(taken, now: noon)
            var other = NormalizedMessage.inbound(externalID: "2", conversation: "c:other")
            other.id = taken.id
            let stolen = other
            let refused = await dependencyError { _ = try await store.record(stolen, now: noon) }
            #expect(refused?.isUnavailable == false)
        }
    }

    @Test func aChannelIDThatChangesHandsLeaksNothing() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            _ = try await store.record(.inbound("secret", externalID: "1", tenant: "old"), now: noon)
            let record = try await store.record(.inbound("new", externalID: "1", tenant: "new"), now: noon)
            #expect(record.isNew && record.createdConversation && record.position == 1)
            let history = try await store.history(record.conversation.key, before: .max, limit: 10)
            #expect(history.map(\.message.content.text) == ["new"])
            let old = try await store.conversations(
                tenantID: "old", status: nil, channelID: nil, query: nil, PageRequest())
            #expect(old.items.count == 1)
        }
    }

    @Test func historyIsTheNewestInOrder() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            for index in 1...10 { _ = try await store.record(.inbound("\(index)", externalID: "\(index)"), now: noon) }
            let key = NormalizedMessage.inbound().conversation
            let history = try await store.history(key, before: 9, limit: 3)
            #expect(history.map(\.message.content.text) == ["6", "7", "8"])
            #expect(history.map(\.message.position) == [6, 7, 8])
            let none = try await store.history(
                ConversationKey(channelID: "no", conversationID: "no"), before: 9, limit: 3)
            #expect(none.isEmpty)
        }
    }
}
