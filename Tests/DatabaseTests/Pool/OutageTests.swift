import Logging
import Support
import Synchronization
import Testing

@testable import Database

/// What happens when the server goes away, on servers of their own.
@Suite(.serialized) struct OutageTests {
    private final class Tally: Sendable {
        let answered = Atomic<Int>(0)
        let unavailable = Atomic<Int>(0)
        let stop = Atomic<Bool>(false)
    }

    private static func withServer(_ body: @Sendable (PostgresServer, PostgresPool) async throws -> Void) async throws {
        let server = try await PostgresFixture.offPool { try PostgresServer() }
        let configuration = PostgresPool.Configuration(
            connection: PostgresConfiguration.patient(server.url()), size: 4, acquireTimeout: .seconds(60))
        try await PostgresPool.with(configuration, logger: .quiet) { pool in
            try await pool.waitUntilUp()
            try await body(server, pool)
        }
    }

    @Test(arguments: [true, false]) func everyCallEndsAndThePoolRecovers(crash: Bool) async throws {
        try await Self.withServer { server, pool in
            let tally = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        while !tally.stop.load(ordering: .relaxed) {
                            do {
                                if worker.isMultiple(of: 4) {
                                    _ = try await pool.withTransaction { try await $0.query("SELECT 1") }
                                } else {
                                    let row = try await pool.query("SELECT $1::int8", [worker]).single()
                                    #expect(try row.decode(0) == worker)
                                }
                                tally.answered.add(1, ordering: .relaxed)
                            } catch let error as DatabaseError {
                                #expect(error.isUnavailable, "\(error)")
                                tally.unavailable.add(1, ordering: .relaxed)
                                try await Task.sleep(for: .milliseconds(2))
                            }
                        }
                    }
                }
                #expect(await eventually { tally.answered.load(ordering: .relaxed) > 500 })
                try await PostgresFixture.offPool { crash ? try server.kill() : try server.stop() }
                #expect(await eventually { !pool.isUp })
                let before = tally.unavailable.load(ordering: .relaxed)
                #expect(
                    await eventually { tally.unavailable.load(ordering: .relaxed) > before + 20 })
                try await PostgresFixture.offPool { try server.start() }
                try await pool.waitUntilUp()
                let during = tally.answered.load(ordering: .relaxed)
                #expect(
                    await eventually { tally.answered.load(ordering: .relaxed) > during + 500 })
                tally.stop.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            #expect(tally.unavailable.load(ordering: .relaxed) > 0)
            #expect(pool.isUp)
        }
    }

    @Test func listeningGoesOnAfterAReconnect() async throws {
        let server = try await PostgresFixture.offPool { try PostgresServer() }
        let listener = PostgresListener(
            PostgresConfiguration.patient(server.url()), channels: ["plain", "Odd \"name\""], logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            var events = listener.events.makeAsyncIterator()
            #expect(await events.next() == .listening)
            try await PostgresFixture.offPool {
                try PostgresServer.psql(server.url(), "NOTIFY plain, 'one'")
                try PostgresServer.psql(server.url(), "NOTIFY \"Odd \"\"name\"\"\"")
            }
            guard case .notification(let first) = await events.next() else { return #expect(Bool(false)) }
            #expect(first.channel == "plain")
            #expect(first.payload == "one")
            guard case .notification(let second) = await events.next() else { return #expect(Bool(false)) }
            #expect(second.channel == "Odd \"name\"")
            try await PostgresFixture.offPool {
                try server.kill()
                try server.start()
            }
            #expect(await events.next() == .listening)
            _ = try await PostgresFixture.offPool { try PostgresServer.psql(server.url(), "NOTIFY plain, 'two'") }
            guard case .notification(let third) = await events.next() else { return #expect(Bool(false)) }
            #expect(third.payload == "two")
            group.cancelAll()
        }
    }

    @Test func aLockIsLostWithItsServer() async throws {
        let server = try await PostgresFixture.offPool { try PostgresServer() }
        let configuration = PostgresConfiguration.patient(server.url())
        let lost = Once<Void>()
        let lock = try #require(try await AdvisoryLock.tryAcquire(7, configuration) { lost.resolve(()) })
        #expect(lock.isHeld)
        try await PostgresFixture.offPool { try server.kill() }
        await lost.value
        await lock.waitUntilGone()
        #expect(!lock.isHeld)
        try await PostgresFixture.offPool { try server.start() }
        let again = try await AdvisoryLock.acquire(7, configuration, every: .milliseconds(20))
        #expect(again.isHeld)
        await again.release()
    }
}
