/// The life of one consumer on a channel of its own: set up step by step, consumes, comes back after every fault.
///
/// A plain value; its shell performs the actions on the wire and reports what comes of them.
package struct ConsumerMachine {
    /// What a channel needs before its first delivery, in order.
    package enum Step: Equatable, Sendable {
        case openChannel
        case prefetch
        case exchange(Int)
        case queue
        case binding(Int)
        case consume
    }

    package enum State: Equatable {
        /// Waits for the connection.
        case waiting
        case backingOff(until: MonotonicTime)
        case settingUp(step: Int, deadline: MonotonicTime)
        case consuming
        /// `basic.cancel` sent, its answer awaited.
        case cancelling(deadline: MonotonicTime)
        /// Cancelled; deliveries in hand may still be settled.
        case draining
        case finished
    }

    package enum Action: Equatable {
        case none
        /// Get a channel number, then call ``begin(at:)``.
        case acquireChannel
        case perform(Step)
        /// Set up: deliveries flow.
        case established
        case sendCancel
        /// No further delivery will come, but some are in hand.
        case cancelled
        /// Close the channel and forget it.
        case closeChannel
        /// Call ``tick(at:)`` then.
        case wait(until: MonotonicTime)
    }

    package private(set) var state = State.waiting
    private let steps: [Step]
    private let backoff: Backoff
    private let stepTimeout: Duration
    private let cancelTimeout: Duration
    private var attempt = 0

    package init(
        exchanges: Int, declaresQueue: Bool, bindings: Int, backoff: Backoff,
        stepTimeout: Duration, cancelTimeout: Duration = .seconds(5)
    ) {
        var steps = [Step.openChannel, .prefetch]
        steps += (0..<exchanges).map(Step.exchange)
        if declaresQueue { steps.append(.queue) }
        steps += (0..<bindings).map(Step.binding)
        steps.append(.consume)
        self.steps = steps
        self.backoff = backoff
        self.stepTimeout = stepTimeout
        self.cancelTimeout = cancelTimeout
    }

    package var isFinished: Bool { state == .finished }

    /// When ``tick(at:)`` is to be called.
    package var nextDeadline: MonotonicTime {
        switch state {
        case .backingOff(let until): until
        case .settingUp(_, let deadline), .cancelling(let deadline): deadline
        case .waiting, .consuming, .draining, .finished: .distantFuture
        }
    }

    /// The connection is open.
    package mutating func connectionUp() -> Action {
        guard state == .waiting else { return .none }
        return .acquireChannel
    }

    /// A channel number is there.
    package mutating func begin(at now: MonotonicTime) -> Action {
        switch state {
        case .waiting, .backingOff:
            state = .settingUp(step: 0, deadline: now + stepTimeout)
            return .perform(steps[0])
        case .settingUp, .consuming, .cancelling, .draining, .finished:
            return .none
        }
    }

    /// The broker answered the step under way.
    package mutating func stepDone(at now: MonotonicTime) -> Action {
        guard case .settingUp(let step, _) = state else { return .none }
        guard step + 1 < steps.count else {
            state = .consuming
            attempt = 0
            return .established
        }
        state = .settingUp(step: step + 1, deadline: now + stepTimeout)
        return .perform(steps[step + 1])
    }

    /// The step whose answer is awaited.
    package var currentStep: Step? {
        guard case .settingUp(let step, _) = state else { return nil }
        return steps[step]
    }

    /// The broker closed the channel (404, 406, consumer time-out …).
    package mutating func channelClosed(
        at now: MonotonicTime, using random: inout some RandomNumberGenerator
    ) -> Action {
        switch state {
        case .settingUp, .consuming:
            return backOff(at: now, using: &random)
        case .cancelling, .draining:
            state = .finished
            return .none
        case .waiting, .backingOff, .finished:
            return .none
        }
    }

    /// The broker cancelled the consumer: its queue is gone. The channel is closed, and a new one tried later.
    package mutating func cancelledByBroker(
        at now: MonotonicTime, using random: inout some RandomNumberGenerator
    ) -> Action {
        switch state {
        case .settingUp, .consuming:
            _ = backOff(at: now, using: &random)
            return .closeChannel
        case .waiting, .backingOff, .cancelling, .draining, .finished:
            return .none
        }
    }

    /// The connection is gone, and the channel with it.
    package mutating func connectionLost() {
        switch state {
        case .backingOff, .settingUp, .consuming: state = .waiting
        case .cancelling, .draining: state = .finished
        case .waiting, .finished: break
        }
    }

    package mutating func tick(
        at now: MonotonicTime, using random: inout some RandomNumberGenerator
    ) -> Action {
        switch state {
        case .backingOff(let until):
            guard now >= until else { return .wait(until: until) }
            return .acquireChannel
        case .settingUp(_, let deadline):
            guard now >= deadline else { return .none }
            _ = backOff(at: now, using: &random)
            return .closeChannel
        case .cancelling(let deadline):
            guard now >= deadline else { return .none }
            state = .finished
            return .closeChannel
        case .waiting, .consuming, .draining, .finished:
            return .none
        }
    }

    /// The application wants no further deliveries.
    package mutating func cancel(at now: MonotonicTime) -> Action {
        switch state {
        case .consuming:
            state = .cancelling(deadline: now + cancelTimeout)
            return .sendCancel
        case .settingUp:
            state = .finished
            return .closeChannel
        case .waiting, .backingOff:
            state = .finished
            return .none
        case .cancelling, .draining, .finished:
            return .none
        }
    }

    /// The broker confirmed the cancel; `outstanding` deliveries are still in the application's hands.
    package mutating func cancelConfirmed(outstanding: Int) -> Action {
        guard case .cancelling = state else { return .none }
        if outstanding > 0 {
            state = .draining
            return .cancelled
        }
        state = .finished
        return .closeChannel
    }

    /// Deliveries were settled; the last one of a cancelled consumer lets the channel go.
    package mutating func settled(outstanding: Int) -> Action {
        guard state == .draining, outstanding == 0 else { return .none }
        state = .finished
        return .closeChannel
    }

    /// The application lets go at once: what it holds unsettled goes back to the queue.
    package mutating func close() -> Action {
        switch state {
        case .settingUp, .consuming, .cancelling, .draining:
            state = .finished
            return .closeChannel
        case .waiting, .backingOff:
            state = .finished
            return .none
        case .finished:
            return .none
        }
    }

    private mutating func backOff(
        at now: MonotonicTime, using random: inout some RandomNumberGenerator
    ) -> Action {
        attempt += 1
        let until = now + backoff.delay(attempt: attempt, using: &random)
        state = .backingOff(until: until)
        return .wait(until: until)
    }
}
