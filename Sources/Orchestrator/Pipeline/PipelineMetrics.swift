import CoreMetrics
import Domain

/// What became of inbound messages, and how long it took. The sum over all outcomes but `received` is what was received.
package struct PipelineMetrics: Sendable {
    private let outcomes: [InboundOutcome: Counter]
    private let duplicates: Counter
    private let duration: Timer

    package init() {
        outcomes = Dictionary(
            uniqueKeysWithValues: InboundOutcome.allCases.map {
                ($0, Counter(label: "metachat_inbound_messages_total", dimensions: [("outcome", $0.rawValue)]))
            })
        duplicates = Counter(label: "metachat_inbound_duplicates_total")
        duration = Timer(label: "metachat_pipeline_duration")
    }

    func ended(_ outcome: InboundOutcome, milliseconds: Int64) {
        outcomes[outcome]?.increment()
        duration.recordMilliseconds(milliseconds)
    }

    func duplicate() { duplicates.increment() }

    /// For what ends outside of the pipeline, in the dead queue.
    package func dead() { outcomes[.dead]?.increment() }
}
