import Domain
import Synchronization

@testable import DataPlane

/// Time that stands still until a test moves it; timers fire while it moves, in their order.
final class ManualTimekeeper: Timekeeper {
    private struct Timer {
        var at: Int64
        var number: UInt64
        var fire: @Sendable () -> Void
    }

    private struct State {
        var time: Int64 = 0
        var counter: UInt64 = 0
        var timers: [Timer] = []
    }

    private let state = Mutex(State())
    private let start: Timestamp

    init(_ start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) { self.start = start }

    func now() -> Timestamp { start.adding(milliseconds: uptime()) }

    func uptime() -> Int64 { state.withLock { $0.time } }

    /// Timers that have not fired.
    var pending: Int { state.withLock { $0.timers.count } }

    /// Milliseconds until the next timer.
    var untilNext: Int64? { state.withLock { state in state.timers.map(\.at).min().map { $0 - state.time } } }

    func schedule(
        afterMilliseconds milliseconds: Int64, _ fire: @escaping @Sendable () -> Void
    ) -> any ScheduledFire {
        let number = state.withLock { state in
            state.counter += 1
            let (at, overflow) = state.time.addingReportingOverflow(max(0, milliseconds))
            state.timers.append(Timer(at: overflow ? .max : at, number: state.counter, fire: fire))
            return state.counter
        }
        return Fire(keeper: self, number: number)
    }

    func advance(milliseconds: Int64) {
        let end = uptime() + milliseconds
        while let timer = next(until: end) { timer.fire() }
        state.withLock { $0.time = max($0.time, end) }
    }

    private func next(until end: Int64) -> Timer? {
        state.withLock { state in
            let due = state.timers.filter { $0.at <= end }.min { ($0.at, $0.number) < ($1.at, $1.number) }
            guard let due else { return nil }
            state.timers.removeAll { $0.number == due.number }
            state.time = max(state.time, due.at)
            return due
        }
    }

    private struct Fire: ScheduledFire {
        let keeper: ManualTimekeeper
        let number: UInt64

        func cancel() { keeper.state.withLock { $0.timers.removeAll { $0.number == number } } }
    }
}
