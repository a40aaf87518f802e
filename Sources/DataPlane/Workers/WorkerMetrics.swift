package import CoreMetrics
import Domain

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
    /// What sends had to wait for their place in their number's pace.
    package let sendPaced: Timer
    private let meters: [Direction: LaneMeters]

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
        sendPaced = Timer(label: "metachat_send_paced")
        meters = Dictionary(
            uniqueKeysWithValues: Direction.allCases.map { ($0, LaneMeters($0)) })
    }

    /// nil for a queue that is none of a channel's.
    func lanes(of queue: String) -> LaneMeters? { QueueName(queue).flatMap { meters[$0.direction] } }

    package func count(_ word: SendWord) { sends[word]?.increment() }
}

/// What the lanes of one direction hold, summed over this node's queues: each adds and takes away its own share.
struct LaneMeters: Sendable {
    /// One queue's share.
    struct Share: Sendable, Hashable {
        var consumers = 0
        var lanes = 0
        var waiting = 0
        var running = 0
    }

    private let consumers: Meter
    private let lanes: Meter
    private let waiting: Meter
    private let running: Meter

    init(_ direction: Direction) {
        let dimensions = [("direction", direction.rawValue)]
        consumers = Meter(label: "metachat_consumers", dimensions: dimensions)
        lanes = Meter(label: "metachat_lanes", dimensions: dimensions)
        waiting = Meter(label: "metachat_lane_waiting", dimensions: dimensions)
        running = Meter(label: "metachat_in_flight", dimensions: dimensions)
    }

    func change(from old: Share, to new: Share) {
        func add(_ amount: Int, to meter: Meter) {
            if amount != 0 { meter.increment(by: Double(amount)) }
        }
        add(new.consumers - old.consumers, to: consumers)
        add(new.lanes - old.lanes, to: lanes)
        add(new.waiting - old.waiting, to: waiting)
        add(new.running - old.running, to: running)
    }
}
