import Observability

/// What a pool counts.
struct PoolMetrics: Sendable {
    let isUp: GaugeSeries
    let reconnects: CounterSeries
    private let succeeded: CounterSeries
    private let failed: CounterSeries
    private let duration: HistogramSeries

    init(_ registry: MetricRegistry) {
        isUp = registry.gauge(.databaseUp)
        reconnects = registry.counter(.databaseReconnects)
        succeeded = registry.counter(.databaseQueries, ["outcome": "succeeded"])
        failed = registry.counter(.databaseQueries, ["outcome": "failed"])
        duration = registry.histogram(.databaseQueryDuration)
    }

    /// Counts statements that go together, and the time they take.
    func counting<R>(_ statements: Int, _ body: () async throws -> R) async throws -> R {
        let start = ContinuousClock.now
        do {
            let result = try await body()
            duration.observe(.now - start)
            succeeded.increment(by: statements)
            return result
        } catch {
            duration.observe(.now - start)
            failed.increment(by: statements)
            throw error
        }
    }
}
