package import CoreMetrics

/// What the workers count. Made once, after the metrics system was set up.
package struct WorkerMetrics: Sendable {
    /// Attempts that failed and counted.
    package let failed: Counter
    /// Attempts that had to wait for a dependency.
    package let waited: Counter
    /// Messages moved to a dead queue.
    package let buried: Counter
    /// Answers found unpublished and published again.
    package let republished: Counter
    /// Messages whose fate stayed unknown, now failed.
    package let expired: Counter
    /// Statuses applied, and dropped because they could not be read.
    package let statuses: Counter
    package let badStatuses: Counter
    private let sends: [SendWord: Counter]
    package let sendDuration: Timer

    package enum SendWord: String, Sendable, CaseIterable { case sent, failed, retried, unknown, paused }

    package init() {
        failed = Counter(label: "metachat_attempts_failed_total")
        waited = Counter(label: "metachat_attempts_waited_total")
        buried = Counter(label: "metachat_dead_messages_total")
        republished = Counter(label: "metachat_answers_republished_total")
        expired = Counter(label: "metachat_sends_expired_total")
        statuses = Counter(label: "metachat_statuses_total")
        badStatuses = Counter(label: "metachat_statuses_malformed_total")
        sends = Dictionary(
            uniqueKeysWithValues: SendWord.allCases.map {
                ($0, Counter(label: "metachat_sends_total", dimensions: [("result", $0.rawValue)]))
            })
        sendDuration = Timer(label: "metachat_send_duration")
    }

    package func count(_ word: SendWord) { sends[word]?.increment() }
}
