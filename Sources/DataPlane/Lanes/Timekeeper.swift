package import Domain
package import NIOCore
import Synchronization

/// Time for whoever waits: the time of day, a clock that never goes back, and timers. Tests bring their own.
package protocol Timekeeper: WallClock {
    /// Milliseconds on a clock that never goes back.
    func uptime() -> Int64

    /// Calls `fire` once, on any thread, not before `milliseconds` have passed. `fire` must not block.
    func schedule(afterMilliseconds milliseconds: Int64, _ fire: @escaping @Sendable () -> Void) -> any ScheduledFire
}

package protocol ScheduledFire: Sendable {
    /// It will not fire, unless it is firing already.
    func cancel()
}

extension Timekeeper {
    /// Waits.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    package func sleep(milliseconds: Int64) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { continuation in
                guard sleeper.begin(continuation) else { return }
                sleeper.keep(schedule(afterMilliseconds: milliseconds) { sleeper.end(with: .success(())) })
            }
        } onCancel: {
            sleeper.end(with: .failure(CancellationError()))
        }
    }

    /// Runs the work, and cancels it when it has taken that long; nil then. Returns when it really has ended.
    package func bounded<Result: Sendable>(
        milliseconds: Int64, _ work: @escaping @Sendable () async -> Result
    ) async -> Result? {
        let wire = Tripwire()
        let timer = schedule(afterMilliseconds: milliseconds) { wire.trip() }
        let result = await wire.guarding(work)
        timer.cancel()
        return wire.isTripped ? nil : result
    }
}

/// One waiting task: ended by its timer or by cancellation, whichever comes first, in any order of arrival.
private final class Sleeper: Sendable {
    private enum State {
        case idle
        case sleeping(CheckedContinuation<Void, any Error>, (any ScheduledFire)?)
        case over
    }

    private let state = Mutex(State.idle)

    /// False (and the continuation resumed) when it was cancelled before it began.
    func begin(_ continuation: CheckedContinuation<Void, any Error>) -> Bool {
        let begins = state.withLock { state in
            guard case .idle = state else { return false }
            state = .sleeping(continuation, nil)
            return true
        }
        if !begins { continuation.resume(throwing: CancellationError()) }
        return begins
    }

    func keep(_ timer: any ScheduledFire) {
        let isOver = state.withLock { state in
            guard case .sleeping(let continuation, _) = state else { return true }
            state = .sleeping(continuation, timer)
            return false
        }
        if isOver { timer.cancel() }
    }

    func end(with result: Result<Void, any Error>) {
        let previous = state.withLock { state in
            defer { state = .over }
            return state
        }
        guard case .sleeping(let continuation, let timer) = previous else { return }
        timer?.cancel()
        continuation.resume(with: result)
    }
}

/// The system's clocks, with the timers of one event loop.
package struct EventLoopTimekeeper: Timekeeper {
    private let eventLoop: any EventLoop
    private let clock = SystemClock()

    package init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    package func now() -> Timestamp { clock.now() }

    package func uptime() -> Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    package func schedule(
        afterMilliseconds milliseconds: Int64, _ fire: @escaping @Sendable () -> Void
    ) -> any ScheduledFire {
        // One more, because the rest of the current millisecond does not count.
        let delay = TimeAmount.milliseconds(max(0, min(milliseconds, 1 << 40)) + 1)
        return Fire(scheduled: eventLoop.scheduleTask(in: delay, fire))
    }

    private struct Fire: ScheduledFire {
        let scheduled: Scheduled<Void>
        func cancel() { scheduled.cancel() }
    }
}
