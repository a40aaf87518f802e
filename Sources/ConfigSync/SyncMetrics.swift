import Observability

/// What a node counts of its configuration.
struct SyncMetrics: Sendable {
    let refused: CounterSeries
    private let applied: CounterSeries
    private let revision: GaugeSeries
    private let whole: CounterSeries
    private let unchanged: CounterSeries
    private let inVain: CounterSeries

    init(_ registry: MetricRegistry) {
        applied = registry.counter(.configApplied)
        refused = registry.counter(.configRefused)
        revision = registry.gauge(.configRevision)
        whole = registry.counter(.configSnapshots, ["outcome": "whole"])
        unchanged = registry.counter(.configSnapshots, ["outcome": "unchanged"])
        inVain = registry.counter(.configSnapshots, ["outcome": "failed"])
    }

    /// What is taken over whole counts as one.
    func applied(_ changes: ConfigChanges, revision number: Int64) {
        applied.increment(by: changes.isWhole ? 1 : changes.entities.count)
        revision.set(number)
    }

    func read(_ outcome: SnapshotReading.Outcome) {
        switch outcome {
        case .snapshot: whole.increment()
        case .unchanged: unchanged.increment()
        }
    }

    func readInVain() { inVain.increment() }
}
