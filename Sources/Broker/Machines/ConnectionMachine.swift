/// The life of one broker connection: connects, backs off and tries again until it is told to close.
///
/// A plain value: every event gives the action its shell has to take; time and chance are passed in.
package struct ConnectionMachine {
    package enum State: Equatable {
        case idle
        case connecting(attempt: Int)
        case open(since: MonotonicTime, attempt: Int)
        case backingOff(until: MonotonicTime, attempt: Int)
        case closing(deadline: MonotonicTime)
        case closed
    }

    package enum Action: Equatable {
        case none
        /// Open the socket and log in, then report ``connected(at:)`` or ``failed(at:using:)``.
        case connect
        /// Do nothing before this moment, then call ``tick(at:)``.
        case wait(until: MonotonicTime)
        /// Accept nothing new, finish what is under way, then report ``flushed()``.
        case flush(deadline: MonotonicTime)
        /// Let go of the socket for good.
        case disconnect
    }

    package private(set) var state = State.idle
    private let backoff: Backoff
    /// A connection that lived this long has proved itself: the next failure starts with the shortest back-off again.
    private let stableAfter: Duration

    package init(backoff: Backoff, stableAfter: Duration = .seconds(10)) {
        self.backoff = backoff
        self.stableAfter = stableAfter
    }

    package mutating func start() -> Action {
        guard state == .idle else { return .none }
        state = .connecting(attempt: 1)
        return .connect
    }

    package mutating func connected(at now: MonotonicTime) -> Action {
        switch state {
        case .connecting(let attempt):
            state = .open(since: now, attempt: attempt)
            return .none
        case .idle, .open, .backingOff, .closing:
            return .none
        case .closed:
            return .disconnect
        }
    }

    /// Connecting did not succeed, or an open connection was lost.
    package mutating func failed(at now: MonotonicTime, using random: inout some RandomNumberGenerator) -> Action {
        switch state {
        case .connecting(let attempt):
            return backOff(attempt: attempt, at: now, using: &random)
        case .open(let since, let attempt):
            return backOff(attempt: now - since >= stableAfter ? 1 : attempt, at: now, using: &random)
        case .closing:
            state = .closed
            return .disconnect
        case .idle, .backingOff, .closed:
            return .none
        }
    }

    package mutating func tick(at now: MonotonicTime) -> Action {
        switch state {
        case .backingOff(let until, let attempt):
            guard now >= until else { return .wait(until: until) }
            state = .connecting(attempt: attempt + 1)
            return .connect
        case .closing(let deadline):
            guard now >= deadline else { return .none }
            state = .closed
            return .disconnect
        case .idle, .connecting, .open, .closed:
            return .none
        }
    }

    package mutating func close(at now: MonotonicTime, within bound: Duration) -> Action {
        switch state {
        case .open:
            let deadline = now + bound
            state = .closing(deadline: deadline)
            return .flush(deadline: deadline)
        case .closing(let deadline):
            let sooner = min(deadline, now + bound)
            state = .closing(deadline: sooner)
            return .flush(deadline: sooner)
        case .idle, .connecting, .backingOff:
            state = .closed
            return .disconnect
        case .closed:
            return .none
        }
    }

    /// Everything under way when the close began has ended.
    package mutating func flushed() -> Action {
        guard case .closing = state else { return .none }
        state = .closed
        return .disconnect
    }

    private mutating func backOff(
        attempt: Int, at now: MonotonicTime, using random: inout some RandomNumberGenerator
    ) -> Action {
        let until = now + backoff.delay(attempt: attempt, using: &random)
        state = .backingOff(until: until, attempt: attempt)
        return .wait(until: until)
    }
}
