import Synchronization

/// A publish on its way through the connection's thread, which ends it exactly once.
final class PublishRequest: Sendable {
    let message: OutgoingMessage
    let submitted: MonotonicTime
    let deadline: MonotonicTime
    private let waiter: PublishWaiter

    init(message: OutgoingMessage, submitted: MonotonicTime, deadline: MonotonicTime, waiter: PublishWaiter) {
        self.message = message
        self.submitted = submitted
        self.deadline = deadline
        self.waiter = waiter
    }

    /// The window hands out each token once, so this is called once.
    func end(_ outcome: PublishOutcome) {
        switch waiter {
        case .one(let continuation): continuation.resume(returning: outcome)
        case .batch(let batch): batch.end(outcome)
        case .callback(let whenDone): whenDone(outcome)
        }
    }
}

enum PublishWaiter: Sendable {
    case one(UnsafeContinuation<PublishOutcome, Never>)
    case batch(PublishBatch)
    /// Called once, on any thread.
    case callback(@Sendable (PublishOutcome) -> Void)
}

/// Several publishes with one waiter, who hears when the last has ended: of the first that was not confirmed, if any.
final class PublishBatch: Sendable {
    private struct State {
        var remaining: Int
        var outcome = PublishOutcome.confirmed
    }

    private let state: Mutex<State>
    private let whenDone: @Sendable (PublishOutcome) -> Void

    init(count: Int, whenDone: @escaping @Sendable (PublishOutcome) -> Void) {
        state = Mutex(State(remaining: count))
        self.whenDone = whenDone
    }

    func end(_ outcome: PublishOutcome) {
        let last = state.withLock { state -> PublishOutcome? in
            if state.outcome == .confirmed { state.outcome = outcome }
            state.remaining -= 1
            return state.remaining == 0 ? state.outcome : nil
        }
        if let last { whenDone(last) }
    }
}

/// A topology request and who waits for its answer.
final class TopologyTicket: Sendable {
    let request: TopologyRequest
    let deadline: MonotonicTime
    private let continuation: CheckedContinuation<Result<TopologyReply, BrokerError>, Never>

    init(
        request: TopologyRequest, deadline: MonotonicTime,
        continuation: CheckedContinuation<Result<TopologyReply, BrokerError>, Never>
    ) {
        self.request = request
        self.deadline = deadline
        self.continuation = continuation
    }

    func end(_ result: Result<TopologyReply, BrokerError>) { continuation.resume(returning: result) }
}

/// A consumer as its connection's thread gets to know it.
struct ConsumerRegistration: Sendable {
    let id: ConsumerID
    let specification: ConsumerSpecification
    let handler: @Sendable (IncomingMessage) -> Void
    let onEvent: @Sendable (ConsumerEvent) -> Void
}

enum Command: Sendable {
    case topology(TopologyTicket)
    case consume(ConsumerRegistration)
    case cancel(ConsumerID)
    case release(ConsumerID)
    case close(within: Duration)
}

/// The way into a connection's thread: a locked queue, emptied in batches. The thread is woken only when it may sleep.
final class Mailbox: Sendable {
    struct Batch: Sendable {
        var publishes: [PublishRequest] = []
        var settlements: [Settlement] = []
        var commands: [Command] = []

        var isEmpty: Bool { publishes.isEmpty && settlements.isEmpty && commands.isEmpty }

        mutating func removeAll() {
            publishes.removeAll(keepingCapacity: true)
            settlements.removeAll(keepingCapacity: true)
            commands.removeAll(keepingCapacity: true)
        }
    }

    private struct State {
        var batch = Batch()
        var asleep = false
        /// Why nothing can be published or asked for right now; nil while the connection is open.
        var closedReason: String? = "not connected yet"
        var ended = false
        /// Publishes accepted and not ended, and their bodies.
        var admitted = 0
        var admittedBytes = 0
    }

    private let state = Mutex(State())
    private let waker: Waker
    private let maximumAdmitted: Int
    private let maximumAdmittedBytes: Int

    init(waker: Waker, configuration: BrokerConfiguration) {
        self.waker = waker
        maximumAdmitted = configuration.window.messages + configuration.waitingMessages
        maximumAdmittedBytes = configuration.window.bytes + configuration.waitingBytes
    }

    enum Refusal {
        case unavailable(String)
        case overloaded

        var outcome: PublishOutcome {
            switch self {
            case .unavailable(let reason): .unavailable(reason)
            case .overloaded: .overloaded
            }
        }
    }

    // MARK: From any thread

    /// Takes a publish, or says why not.
    func publish(_ request: PublishRequest) -> Refusal? {
        publish(CollectionOfOne(request), bytes: request.message.body.count)
    }

    /// Takes all of these publishes, or says why none.
    func publish(_ requests: some Collection<PublishRequest>, bytes: Int) -> Refusal? {
        let (refusal, wake) = state.withLock { state -> (Refusal?, Bool) in
            if let reason = state.closedReason { return (.unavailable(reason), false) }
            guard state.admitted + requests.count <= maximumAdmitted,
                state.admittedBytes + bytes <= maximumAdmittedBytes
            else { return (.overloaded, false) }
            state.admitted += requests.count
            state.admittedBytes += bytes
            state.batch.publishes.append(contentsOf: requests)
            return (nil, takeWake(&state))
        }
        if wake { waker.signal() }
        return refusal
    }

    func settle(_ settlement: Settlement) {
        let wake = state.withLock { state -> Bool in
            if state.ended { return false }
            state.batch.settlements.append(settlement)
            return takeWake(&state)
        }
        if wake { waker.signal() }
    }

    /// Takes a topology request while the connection is open; otherwise says why not.
    func request(_ ticket: TopologyTicket) -> String? {
        let (reason, wake) = state.withLock { state -> (String?, Bool) in
            if let reason = state.closedReason { return (reason, false) }
            state.batch.commands.append(.topology(ticket))
            return (nil, takeWake(&state))
        }
        if wake { waker.signal() }
        return reason
    }

    /// Takes a command in every state but the last; false once the thread has ended.
    @discardableResult
    func post(_ command: Command) -> Bool {
        let (taken, wake) = state.withLock { state -> (Bool, Bool) in
            if state.ended { return (false, false) }
            state.batch.commands.append(command)
            return (true, takeWake(&state))
        }
        if wake { waker.signal() }
        return taken
    }

    private func takeWake(_ state: inout sending State) -> Bool {
        defer { state.asleep = false }
        return state.asleep
    }

    // MARK: From the connection's thread

    /// Swaps the full batch against an empty one.
    func take(into batch: inout Batch) {
        state.withLock { state in
            state.asleep = false
            swap(&state.batch, &batch)
        }
    }

    /// Gives back the room of publishes that have ended.
    func giveBack(_ count: Int, bytes: Int) {
        state.withLock { state in
            state.admitted -= count
            state.admittedBytes -= bytes
        }
    }

    /// True where the thread may sleep: nothing is there, and whoever brings something will wake it.
    func fallAsleep() -> Bool {
        state.withLock { state in
            guard state.batch.isEmpty else { return false }
            state.asleep = true
            return true
        }
    }

    /// Opens for publishes and requests (nil), or shuts with a reason.
    func shut(_ reason: String?) {
        state.withLock { $0.closedReason = reason }
    }

    /// Nothing is taken any more. What came in at the last moment is in `batch` afterwards.
    func end(_ reason: String, into batch: inout Batch) {
        state.withLock { state in
            state.closedReason = reason
            state.ended = true
            swap(&state.batch, &batch)
        }
    }
}
