import Domain
import JSONCoding
import Support
import Synchronization
import Testing

@testable import Database

@Suite struct CommittedEventsTests {
    private let committed = CommittedEvents()

    private func event(_ revision: Int64) -> ConfigEvent {
        ConfigEvent(
            revision: revision, entity: .tenant, operation: .delete, id: "t", tenantID: "t", data: .null)
    }

    private func offer(_ revisions: Int64...) { committed.offer(revisions.map(event)) }
    private var next: [Int64] { committed.next(limit: 3).map(\.revision) }

    @Test func nothingIsKeptBeforeItIsKnownWhatIsPublished() {
        offer(1)
        #expect(next == [])
        committed.begin {}
        offer(2)
        #expect(next == [])
        committed.published(through: 2)
        offer(3)
        #expect(next == [3])
    }

    @Test func changesComeInOrderAndWithoutAGap() {
        committed.begin {}
        committed.published(through: 10)
        offer(12)
        #expect(next == [])
        offer(14, 15, 16)
        offer(11)
        #expect(next == [11, 12])
        offer(13)
        #expect(next == [11, 12, 13])
        committed.published(through: 14)
        #expect(next == [15, 16])
        // What was published in another way is no longer here.
        offer(14, 13)
        #expect(next == [15, 16])
        committed.end()
        #expect(next == [])
    }

    @Test func thePublisherIsRungWhenItsNextChangeIsHere() {
        let rings = Notes()
        committed.begin { rings.add() }
        committed.published(through: 1)
        offer(3)
        #expect(rings.count == 0)
        offer(2)
        #expect(rings.count == 1)
    }

    @Test func noMoreAreKeptThanTheLimit() {
        committed.begin {}
        committed.published(through: 0)
        for revision in 1...Int64(CommittedEvents.limit + 5) { offer(revision) }
        #expect(committed.next(limit: .max).count == CommittedEvents.limit)
    }

    private final class Notes: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    @Test func whatThisProcessCommitsIsPublishedInOrderWithWhatOthersCommit() async throws {
        try await withSchema { pool in
            let own = PostgresConfigStore(pool, committed: committed)
            let other = PostgresConfigStore(pool)
            let outbox = PostgresConfigOutbox(pool, committed: committed)
            let seen = try await withThrowingTaskGroup(of: [Int64].self) { group in
                group.addTask {
                    try await outbox.lead { session in
                        var seen: [Int64] = []
                        while seen.count < 60 {
                            let events = try await session.unpublished(limit: 4)
                            if let last = events.last {
                                seen += events.map(\.revision)
                                try await session.markPublished(through: last.revision)
                            } else {
                                try await session.wake(atMost: 60_000)
                            }
                        }
                        return seen
                    }
                }
                for index in 0..<60 {
                    let store = index % 5 == 3 ? other : own
                    _ = try await store.write { try await $0.save(.sample("t\(index)")) }
                }
                return try await group.next() ?? []
            }
            #expect(seen == Array(1...60))
        }
    }
}
