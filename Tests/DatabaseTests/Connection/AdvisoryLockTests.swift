import Support
import Testing

@testable import Database

@Suite struct AdvisoryLockTests {
    @Test func oneHoldsItAtATime() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            let configuration = PostgresConfiguration.patient(url)
            let first = try #require(try await AdvisoryLock.tryAcquire(1, configuration))
            #expect(try await AdvisoryLock.tryAcquire(1, configuration) == nil)
            let other = try #require(try await AdvisoryLock.tryAcquire(2, configuration))
            await other.release()
            let waiting = Task { try await AdvisoryLock.acquire(1, configuration, every: .milliseconds(10)) }
            await first.release()
            #expect(!first.isHeld)
            let second = try await waiting.value
            #expect(second.isHeld)
            await second.release()
        }
    }

    @Test func losingTheSessionIsToldOnce() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            let configuration = PostgresConfiguration.patient(url)
            let lost = Once<Void>()
            let lock = try #require(try await AdvisoryLock.tryAcquire(1, configuration) { lost.resolve(()) })
            let admin = try await PostgresConnection.connect(configuration)
            defer { admin.close() }
            try await admin.query(
                TestDatabase.terminateLockHolders)
            await lost.value
            #expect(!lock.isHeld)
        }
    }

    @Test func aHolderThatGoesAwayMakesRoom() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            let configuration = PostgresConfiguration.patient(url)
            do { _ = try await AdvisoryLock.tryAcquire(1, configuration) }
            let next = try await AdvisoryLock.acquire(1, configuration, every: .milliseconds(10))
            await next.release()
        }
    }
}
