import Synchronization

/// Cancels one piece of structured work from outside: a time-out, a stop. Trips once.
package final class Tripwire: Sendable {
    private enum State {
        case set
        case watched(CheckedContinuation<Void, Never>)
        case tripped
    }

    private let state = Mutex(State.set)

    package init() {}

    package func trip() {
        let watcher: CheckedContinuation<Void, Never>? = state.withLock { state in
            switch state {
            case .set:
                state = .tripped
                return nil
            case .watched(let watcher):
                state = .tripped
                return watcher
            case .tripped: return nil
            }
        }
        watcher?.resume()
    }

    package var isTripped: Bool { state.withLock { if case .tripped = $0 { true } else { false } } }

    /// Runs the work, cancels it when the wire is tripped, and returns when the work really has ended.
    package func guarding<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        await withTaskGroup(of: Result?.self) { group in
            group.addTask { await work() }
            group.addTask {
                await self.watch()
                return nil
            }
            var result: Result?
            while let ended = await group.next() {
                group.cancelAll()
                if let ended { result = ended }
            }
            guard let result else { preconditionFailure("a task group lost a child") }
            return result
        }
    }

    /// Returns when tripped or cancelled. For one caller at a time, and not while it guards.
    package func tripped() async { await watch() }

    /// Returns when tripped or cancelled.
    private func watch() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let watches = state.withLock { state in
                    guard case .set = state, !Task.isCancelled else { return false }
                    state = .watched(continuation)
                    return true
                }
                if !watches { continuation.resume() }
            }
        } onCancel: {
            let watcher: CheckedContinuation<Void, Never>? = state.withLock { state in
                guard case .watched(let watcher) = state else { return nil }
                state = .set
                return watcher
            }
            watcher?.resume()
        }
    }
}
