import Synchronization

/// Work whose runs are shared: who asks while one is under way shares the next, which begins after everybody who
/// shares it has asked.
package final class SharedWork: Sendable {
    package typealias Outcome = Result<Void, BrokerError>

    private enum Turn: Sendable {
        case run
        case done(Outcome)
    }

    private struct State {
        var isRunning = false
        var waiting: [CheckedContinuation<Turn, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Who waits for the next run.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Does not stop for the task's cancellation.
    package func share(_ work: () async -> Outcome) async -> Outcome {
        let turn = await withCheckedContinuation { (continuation: CheckedContinuation<Turn, Never>) in
            let isFirst = state.withLock { state in
                if state.isRunning { state.waiting.append(continuation) }
                defer { state.isRunning = true }
                return !state.isRunning
            }
            if isFirst { continuation.resume(returning: .run) }
        }
        if case .done(let outcome) = turn { return outcome }
        let sharers = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        let outcome = await work()
        let next = state.withLock { state -> CheckedContinuation<Turn, Never>? in
            if state.waiting.isEmpty {
                state.isRunning = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        for sharer in sharers { sharer.resume(returning: .done(outcome)) }
        next?.resume(returning: .run)
        return outcome
    }
}
