import Observability
import Support
import Testing

@testable import Database

@Suite struct PoolMetricsTests {
    @Test func tellWhatIsDoneAndWhatIsLost() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            let registry = MetricRegistry()
            let configuration = PostgresPool.Configuration(
                connection: PostgresConfiguration.patient(url), size: 2, acquireTimeout: .seconds(60))
            let pool = PostgresPool(configuration, metrics: registry, logger: .quiet)
            func number(_ name: MetricName, _ labels: String = "") -> Double? {
                let line = registry.render().split(separator: "\n").first { $0.hasPrefix(name.rawValue + labels + " ") }
                return line?.split(separator: " ").last.flatMap { Double($0) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                #expect(number(.databaseUp) == 0)
                group.addTask { try await pool.run() }
                try await pool.waitUntilUp()
                #expect(number(.databaseUp) == 1)
                _ = try await pool.batch([PostgresStatement("SELECT 1"), PostgresStatement("SELECT 2")])
                _ = await databaseError { _ = try await pool.query("SELECT nonsense") }
                try await pool.withTransaction { _ = try await $0.query("SELECT 3") }
                #expect(number(.databaseQueries, #"{outcome="succeeded"}"#) == 3)
                #expect(number(.databaseQueries, #"{outcome="failed"}"#) == 1)
                #expect(registry.render().contains("metachat_database_query_duration_seconds_count 3"))
                #expect(number(.databaseConnectionsBusy) == 0 && number(.databaseWaiting) == 0)
                // Both connections taken: a third caller waits.
                try await pool.withConnection { _ in
                    try await pool.withConnection { _ in
                        #expect(number(.databaseConnectionsBusy) == 2)
                        async let _ = pool.withConnection { _ in }
                        #expect(await eventually { number(.databaseWaiting) == 1 })
                    }
                }
                #expect(number(.databaseReconnects) == 0)
                _ = await databaseError {
                    try await pool.withConnection {
                        _ = try await $0.query("SELECT pg_terminate_backend(pg_backend_pid())")
                    }
                }
                #expect(
                    await eventually {
                        // Whoever asks makes the pool replace it.
                        do {
                            try await pool.withConnection { _ in try await pool.withConnection { _ in } }
                        } catch {
                            return false
                        }
                        return number(.databaseReconnects) == 1
                    })
                group.cancelAll()
            }
        }
    }
}
