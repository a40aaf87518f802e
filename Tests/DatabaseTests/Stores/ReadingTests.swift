import Domain
import Testing

@testable import Database

@Suite struct ReadingTests {
    @Test func conversationsAreListedByActivity() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            for index in 0..<7 {
                _ = try await store.record(
                    .inbound("word\(index) 100%_sure", externalID: "\(index)", conversation: "c:49\(index)"),
                    now: noon.plus(seconds: Int64(index % 4)))
            }
            _ = try await store.record(.inbound(externalID: "x", tenant: "other", channel: "d"), now: noon)
            func list(
                status: Conversation.Status? = nil, channel: String? = nil, query: String? = nil, limit: Int = 3
            ) async throws -> [String] {
                var page = PageRequest(limit: limit)
                var ids: [String] = []
                repeat {
                    let part = try await store.conversations(
                        tenantID: "t", status: status, channelID: channel, query: query, page)
                    #expect(part.items.count <= limit)
                    ids += part.items.map(\.key.conversationID)
                    page.cursor = part.nextCursor
                } while page.cursor != nil
                return ids
            }
            let all = try await list()
            #expect(all == ["c:493", "c:496", "c:492", "c:495", "c:491", "c:494", "c:490"])
            let byText = try await list(query: "WORD5")
            #expect(byText == ["c:495"])
            let byID = try await list(query: ":492")
            #expect(byID == ["c:492"])
            let literal = try await list(query: "100%_s")
            #expect(literal.count == 7)
            let nothing = try await list(query: "100_%s")
            #expect(nothing.isEmpty, "wildcards are taken literally")
            let active = try await list(status: .active, channel: "c")
            #expect(active.count == 7)
            let assigned = try await list(status: .assignedHuman)
            #expect(assigned.isEmpty)
            for cursor in ["x", "a.1", "a.x.1", "t.1.2", "a.1.2.3"] {
                await #expect(throws: PageRequest.BadCursor.self, "\(cursor)") {
                    _ = try await store.conversations(
                        tenantID: "t", status: nil, channelID: nil, query: nil, PageRequest(limit: 1, cursor: cursor))
                }
            }
        }
    }

    @Test func messagesAreReadForwardAndBackward() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            for index in 1...10 { _ = try await store.record(.inbound("\(index)", externalID: "\(index)"), now: noon) }
            let key = NormalizedMessage.inbound().conversation
            func pages(after: Int64? = nil, before: Int64? = nil) async throws -> [[Int64]] {
                var page = PageRequest(limit: 4)
                var result: [[Int64]] = []
                repeat {
                    let part = try await store.messages(key, after: after, before: before, page)
                    result.append(part.items.compactMap(\.message.position))
                    page.cursor = part.nextCursor
                } while page.cursor != nil
                return result
            }
            let all = try await pages()
            #expect(all == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
            let after = try await pages(after: 6)
            #expect(after == [[7, 8, 9, 10]])
            let between = try await pages(after: 2, before: 8)
            #expect(between == [[3, 4, 5, 6], [7]])
            let before = try await pages(before: 8)
            #expect(before == [[4, 5, 6, 7], [1, 2, 3]])
            let none = try await pages(after: 10)
            #expect(none == [[]])
            await #expect(throws: PageRequest.BadCursor.self) {
                _ = try await store.messages(key, after: nil, before: 5, PageRequest(limit: 1, cursor: "mf.3"))
            }
        }
    }

    @Test func queuesAreRememberedOnce() async throws {
        try await withSchema { pool in
            let registry = PostgresQueueRegistry(pool)
            let queues = [
                QueueName(tenantID: "t", channel: .whatsapp, direction: .inbound),
                QueueName(tenantID: "t", channel: .messenger, direction: .outbound, partition: 3),
                QueueName(tenantID: "u", channel: .whatsapp, direction: .inbound),
            ]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 { group.addTask { try await registry.add(queues.shuffled()) } }
                try await group.waitForAll()
            }
            let all = try await registry.all()
            #expect(Set(all) == Set(queues) && all.count == 3)
            try await registry.add([])
        }
    }
}
