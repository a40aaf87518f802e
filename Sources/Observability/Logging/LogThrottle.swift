import Synchronization

/// Keeps a fault that strikes every request from filling the log: one line a second, with the number of those that it
/// stands for.
package final class LogThrottle: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        var held = 0
    }

    private let state = Mutex(State())
    private let interval: Duration

    package init(interval: Duration = .seconds(1)) { self.interval = interval }

    /// - Returns: how many were held back since the last line, where one is due; nil: say nothing now.
    package func pass(at now: ContinuousClock.Instant = .now) -> Int? {
        state.withLock { state in
            if let last = state.last, now - last < interval {
                state.held += 1
                return nil
            }
            defer {
                state.last = now
                state.held = 0
            }
            return state.held
        }
    }
}
