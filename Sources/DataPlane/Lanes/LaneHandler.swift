package import Domain

/// What is done with the messages of one queue.
package protocol LaneHandler: Sendable {
    /// A message with what is known of it so far; kept between the attempts of one life of the process.
    associatedtype Job: Sendable

    /// Reads a delivery. Must not wait.
    func admit(_ delivery: any Delivery) -> Admission<Job>

    /// One attempt. Cancelled when it takes too long; then ``timedOut(_:end:)`` has the last word.
    ///
    /// - Parameter number: from 1; attempts that did not count are not counted.
    func attempt(_ job: inout Job, number: Int) async -> AttemptEnd

    /// Notes in the store that it failed for good. Called after the dead queue has it, and again after an error of the
    /// kind `unavailable`; other errors are logged and left at that.
    func buried(_ job: Job, burial: Burial) async throws

    /// Another consumer is about to take the queue over while these have not begun: chance to fix their order.
    /// Cancelled after two seconds.
    func handOver(_ jobs: [Job]) async

    /// How an attempt counts that was cancelled because it took too long, and ended like this.
    func timedOut(_ job: Job, end: AttemptEnd) -> AttemptEnd
}

extension LaneHandler {
    package func handOver(_ jobs: [Job]) async {}

    package func timedOut(_ job: Job, end: AttemptEnd) -> AttemptEnd {
        switch end {
        case .done, .poison: end
        default: .failed("took too long")
        }
    }
}

package enum Admission<Job: Sendable>: Sendable {
    case job(Job, id: MessageID, lane: ConversationKey)
    /// It can never be handled, and this is why.
    case malformed(String)
}
