import Domain
import Support
import Synchronization
import Testing

@testable import Database

@Suite struct QueueRegistryTests {
    private let queue = QueueName(tenantID: "t", channel: .whatsapp, direction: .inbound)

    @Test func aQueueIsRetiredOnlyWithoutAChannel() async throws {
        try await withSchema { pool in
            let (registry, store) = (PostgresQueueRegistry(pool), PostgresConfigStore(pool))
            let other = QueueName(tenantID: "u", channel: .whatsapp, direction: .inbound)
            try await registry.add([queue, other])
            let channel = try await store.write { transaction in
                _ = try await transaction.save(.sample("t"))
                return try await transaction.save(.sample("c", tenant: "t"))
            }
            let deletions = Mutex(0)
            func retire(since revision: Int64) async throws -> Bool {
                try await registry.retire(queue, since: revision) { deletions.withLock { $0 += 1 } }
            }
            // It has a channel; then it had one after the revision that the caller knows.
            #expect(try await registry.isNeeded(queue, since: channel.revision))
            #expect(try await retire(since: channel.revision) == false)
            let deletion = try await store.write { try await $0.deleteChannel(channel) }
            #expect(try await registry.isNeeded(queue, since: deletion - 1))
            #expect(try await retire(since: deletion - 1) == false)
            #expect(deletions.withLock { $0 } == 0)
            #expect(try await registry.all().count == 2)
            #expect(try await registry.isNeeded(queue, since: deletion) == false)
            #expect(try await retire(since: deletion))
            #expect(deletions.withLock { $0 } == 1)
            #expect(try await registry.all() == [other])
        }
    }

    @Test func whatCannotBeDeletedStays() async throws {
        struct Trouble: Error {}
        try await withSchema { pool in
            let registry = PostgresQueueRegistry(pool)
            try await registry.add([queue])
            await #expect(throws: Trouble.self) { _ = try await registry.retire(queue, since: 0) { throw Trouble() } }
            #expect(try await registry.all() == [queue])
        }
    }

    @Test func noChannelIsCreatedMeanwhile() async throws {
        try await withSchema { pool in
            let (registry, store) = (PostgresQueueRegistry(pool), PostgresConfigStore(pool))
            try await registry.add([queue])
            _ = try await store.write { try await $0.save(.sample("t")) }
            let order = Mutex<[String]>([])
            let deletes = AsyncStream.makeStream(of: Void.self)
            async let creation: Void = {
                for await _ in deletes.stream { break }
                _ = try await store.write { try await $0.save(.sample("c", tenant: "t")) }
                order.withLock { $0.append("created") }
            }()
            let isRetired = try await registry.retire(queue, since: 1) {
                deletes.continuation.yield()
                // Until the creation waits for the row that we hold.
                while try await pool.query(
                    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                ).isEmpty {
                    await Task.yield()
                }
                order.withLock { $0.append("deleted") }
            }
            #expect(isRetired)
            try await creation
            #expect(order.withLock { $0 } == ["deleted", "created"])
        }
    }

    /// Who opens the queue again while it is being removed is remembered.
    @Test func aQueueThatComesBackMeanwhileIsKnown() async throws {
        try await withSchema { pool in
            let registry = PostgresQueueRegistry(pool)
            try await registry.add([queue])
            let deletes = AsyncStream.makeStream(of: Void.self)
            let isAdded = Mutex(false)
            async let addition: Void = {
                for await _ in deletes.stream { break }
                try await registry.add([queue])
                isAdded.withLock { $0 = true }
            }()
            let isRetired = try await registry.retire(queue, since: 0) {
                deletes.continuation.yield()
                while !isAdded.withLock({ $0 }) {
                    // On a connection of its own: not behind the statement that waits.
                    let isWaiting = try await pool.withTransaction { transaction in
                        try await !transaction.query(
                            "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                        ).isEmpty
                    }
                    if isWaiting { break }
                }
            }
            #expect(isRetired)
            try await addition
            #expect(try await registry.all() == [queue])
        }
    }
}
