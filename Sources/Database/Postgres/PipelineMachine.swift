import DequeModule

/// What one connection has been asked, has sent, and still waits for.
///
/// Pure: the connection's thread reports events and does what it is told. A *batch* is a run of statements that ends
/// with a Sync, and so takes effect as a whole; several may be under way at once, answered in order.
///
/// Cancelling is delicate, because PostgreSQL cancels *whatever runs* when the request arrives. So nothing more is
/// sent until the pipeline has run dry, and a batch that was hit although nobody cancelled it runs again.
struct PipelineMachine {
    typealias BatchID = UInt64

    enum Step: Equatable {
        case prepare(String)
        case execute
        case housekeeping
    }

    enum Outcome: Equatable {
        case value
        case failure(Failure)
        /// Not run, because a statement before it failed.
        case skipped
        /// The end of one statement's results.
        case end
        /// The end of a batch.
        case sync
    }

    enum Failure: Equatable {
        case canceled
        /// The prepared statement is gone or out of date.
        case stale
        case other
    }

    enum Cause: Equatable {
        case caller
        case deadline
    }

    enum Verdict: Equatable {
        /// Give the caller what has been collected: the results, or the first error.
        case deliver
        case interrupted(Cause)
    }

    enum Action: Equatable {
        case none
        case keepResult(BatchID)
        case keepError(BatchID)
        case confirm(statement: String)
        case forget(statement: String, failing: BatchID)
        case finish(BatchID, Verdict)
        /// Nobody waits for this batch any more.
        case discard(BatchID)
        /// Drop what was collected; it runs again.
        case repeatBatch(BatchID)
        /// The server said what cannot be: the connection is not usable any more.
        case violation(String)
    }

    struct Request {
        var id: BatchID
        /// Sent by the simple protocol, outside the pipeline.
        var isScript = false
        /// May be run again when the server has rolled it back through no fault of its own.
        var isRepeatable = true
        var deadline: ContinuousClock.Instant
    }

    private struct Flight {
        var request: Request
        var steps: Deque<Step>
        var failure: Failure?
        var interruption: Cause?
        var cancelSentAt: ContinuousClock.Instant?
        var cancelAgainAt: ContinuousClock.Instant?
        var isAbandoned = false
        /// Was under way while another batch was being cancelled.
        var isExposed = false
    }

    /// Between two cancel requests for the same batch. One that overtakes its statement finds the server idle, which
    /// then forgets it.
    static let cancelInterval: Duration = .milliseconds(250)

    private let limit: Int
    private let grace: Duration
    private var waiting: Deque<Request> = []
    private var flights: Deque<Flight> = []
    private var repeated: Set<BatchID> = []
    private var cancelIsUnderWay = false
    private var isDraining = false

    /// - Parameters:
    ///   - limit: Most batches under way at once.
    ///   - grace: How long the server may take to obey a cancel request before the connection counts as lost.
    init(limit: Int = 64, grace: Duration = .seconds(5)) {
        self.limit = limit
        self.grace = grace
    }

    var isIdle: Bool { waiting.isEmpty && flights.isEmpty && !cancelIsUnderWay }
    var expectsResults: Bool { !flights.isEmpty }
    var isInScript: Bool { flights.first?.request.isScript ?? false }

    mutating func submit(_ request: Request) { waiting.append(request) }

    /// The batch to send now, if any; the caller answers with ``sent(_:steps:)``.
    func nextToSend() -> Request? {
        guard let next = waiting.first, !cancelIsUnderWay, !isDraining, !isInScript, flights.count < limit else {
            return nil
        }
        return next.isScript && !flights.isEmpty ? nil : next
    }

    mutating func sent(_ id: BatchID, steps: [Step]) {
        guard waiting.first?.id == id, let request = waiting.popFirst() else { return }
        flights.append(Flight(request: request, steps: Deque(steps)))
    }

    mutating func received(_ outcome: Outcome) -> Action {
        guard let flight = flights.first else { return .violation("a result that nothing asked for") }
        return flight.request.isScript ? receivedInScript(outcome) : receivedInPipeline(outcome)
    }

    private mutating func receivedInPipeline(_ outcome: Outcome) -> Action {
        let id = flights[0].request.id
        guard let step = flights[0].steps.first else {
            guard outcome == .sync else { return .violation("a result after the end of a batch") }
            return land()
        }
        switch (outcome, step) {
        case (.value, .execute): return flights[0].isAbandoned ? .none : .keepResult(id)
        case (.value, .prepare(let name)): return .confirm(statement: name)
        case (.value, .housekeeping): return .none
        case (.failure(let failure), let step):
            if flights[0].failure == nil { flights[0].failure = failure }
            if case .prepare(let name) = step { return .forget(statement: name, failing: id) }
            return .keepError(id)
        case (.skipped, .prepare(let name)): return .forget(statement: name, failing: id)
        case (.skipped, _): return .none
        case (.end, _):
            flights[0].steps.removeFirst()
            return .none
        case (.sync, _): return .violation("a batch ended before its statements")
        }
    }

    private mutating func receivedInScript(_ outcome: Outcome) -> Action {
        switch outcome {
        case .value: return .none
        case .failure(let failure):
            if flights[0].failure == nil { flights[0].failure = failure }
            return .keepError(flights[0].request.id)
        case .end: return land()
        case .skipped, .sync: return .violation("a pipeline's result outside the pipeline")
        }
    }

    /// The first batch is over.
    private mutating func land() -> Action {
        let flight = flights.removeFirst()
        let id = flight.request.id
        if flights.isEmpty, !cancelIsUnderWay { isDraining = false }
        let wasRepeated = repeated.remove(id) != nil
        if flight.isAbandoned { return .discard(id) }
        guard let failure = flight.failure else { return .finish(id, .deliver) }
        if failure == .canceled, let cause = flight.interruption { return .finish(id, .interrupted(cause)) }
        let isInnocent = failure == .stale || (failure == .canceled && flight.isExposed)
        if isInnocent, flight.request.isRepeatable, !wasRepeated, flight.interruption == nil {
            repeated.insert(id)
            waiting.prepend(flight.request)
            return .repeatBatch(id)
        }
        return .finish(id, .deliver)
    }
}

extension PipelineMachine {
    /// The caller gives up, or time is up.
    ///
    /// What runs is cancelled, and ends with the server's answer; what waits ends at once, and so does what has been
    /// sent behind another batch (it is cancelled when its turn comes, but may yet take effect).
    mutating func interrupt(_ id: BatchID, _ cause: Cause) -> Action {
        if let index = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: index)
            repeated.remove(id)
            return .finish(id, .interrupted(cause))
        }
        guard let index = flights.firstIndex(where: { $0.request.id == id }) else { return .none }
        guard flights[index].interruption == nil, !flights[index].isAbandoned else { return .none }
        flights[index].interruption = cause
        if index == 0 { return .none }
        flights[index].isAbandoned = true
        return .finish(id, .interrupted(cause))
    }

    /// Whether a cancel request is to be sent now; the caller answers with ``cancelFinished()``.
    mutating func takeCancelRequest(now: ContinuousClock.Instant) -> Bool {
        guard !cancelIsUnderWay, let first = flights.first, first.interruption != nil else { return false }
        if let again = first.cancelAgainAt, now < again { return false }
        cancelIsUnderWay = true
        isDraining = true
        flights[0].cancelSentAt = first.cancelSentAt ?? now
        flights[0].cancelAgainAt = now + Self.cancelInterval
        for index in flights.indices.dropFirst() { flights[index].isExposed = true }
        return true
    }

    /// The server has taken the cancel request.
    mutating func cancelFinished() {
        cancelIsUnderWay = false
        if flights.isEmpty { isDraining = false }
    }

    /// Batches whose time is up; each is to be interrupted.
    func expired(now: ContinuousClock.Instant) -> [BatchID] {
        var ids: [BatchID] = []
        for request in waiting where request.deadline <= now { ids.append(request.id) }
        for flight in flights where flight.interruption == nil && flight.request.deadline <= now {
            ids.append(flight.request.id)
        }
        return ids
    }

    /// True where the server has not obeyed a cancel request in time.
    func isStuck(now: ContinuousClock.Instant) -> Bool {
        guard let sentAt = flights.first?.cancelSentAt else { return false }
        return sentAt + grace <= now
    }

    /// When ``expired(now:)``, ``isStuck(now:)`` or ``takeCancelRequest(now:)`` will next change.
    var nextDeadline: ContinuousClock.Instant? {
        var result: ContinuousClock.Instant?
        func consider(_ instant: ContinuousClock.Instant) { result = min(result ?? instant, instant) }
        for request in waiting { consider(request.deadline) }
        for flight in flights where flight.interruption == nil { consider(flight.request.deadline) }
        if let sentAt = flights.first?.cancelSentAt { consider(sentAt + grace) }
        if !cancelIsUnderWay, let again = flights.first?.cancelAgainAt { consider(again) }
        return result
    }

    /// The connection is gone. Every batch that somebody waits for, and whether the server may have seen it.
    mutating func lost() -> [(id: BatchID, sent: Bool)] {
        let ids =
            flights.filter { !$0.isAbandoned }.map { ($0.request.id, true) } + waiting.map { ($0.id, false) }
        flights.removeAll()
        waiting.removeAll()
        repeated.removeAll()
        return ids
    }
}
