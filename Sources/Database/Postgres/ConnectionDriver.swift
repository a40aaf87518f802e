import CPostgres
import Glibc

/// What a connection's thread does: connects, then turns orders into libpq calls and results into answers.
///
/// Everything here happens on that one thread; ``PipelineMachine`` decides, this performs.
final class ConnectionDriver {
    struct Observer: Sendable {
        /// The connection stands.
        var onUp: @Sendable () -> Void
        /// It is gone, or did not come about; nil where it was closed by order. The last call.
        var onDown: @Sendable (DatabaseError?) -> Void
        var onNotification: @Sendable (PostgresNotification) -> Void
    }

    /// What has been collected for a batch.
    private struct Record {
        var batch: PendingBatch
        var results: [PostgresRows] = []
        var error: DatabaseError?
    }

    private let configuration: PostgresConfiguration
    private let inbox: ConnectionInbox
    private let observer: Observer
    private let clock = ContinuousClock()
    private var machine: PipelineMachine
    private var cache: StatementCache
    private var records: [PipelineMachine.BatchID: Record] = [:]
    private var cancelRequest: CancelRequest?
    private var isClosing = false
    /// Set once the connection cannot be used any more.
    private var fault: DatabaseError?

    init(_ configuration: PostgresConfiguration, inbox: ConnectionInbox, observer: Observer) {
        self.configuration = configuration
        self.inbox = inbox
        self.observer = observer
        machine = PipelineMachine(grace: configuration.cancelGrace)
        cache = StatementCache(limit: configuration.statementCacheLimit)
    }

    /// Runs until the connection is closed or lost.
    func run() {
        do throws(DatabaseError) {
            let handle = try connect()
            cancelRequest = handle.makeCancelRequest()
            admit(Self.settings(deadline: clock.now + configuration.statementTimeout))
            observer.onUp()
            serve(handle)
        } catch {
            fault = error
        }
        finish()
    }

    /// The session's settings, sent ahead of the first batch. Short statements gain nothing from the JIT compiler,
    /// and a transaction whose owner hangs must not keep its locks for ever.
    private static func settings(deadline: ContinuousClock.Instant) -> PendingBatch {
        let sql =
            "SELECT set_config('jit', 'off', false), set_config('idle_in_transaction_session_timeout', '60000', false)"
        return PendingBatch(
            request: .init(id: 0, deadline: deadline), work: .statements([PostgresStatement(sql, prepared: false)]),
            completion: { _ in }
        )
    }

    private func finish() {
        let reason = fault ?? DatabaseError(.closed, message: "the connection was closed")
        var refusal = reason
        if case .connectionLost = refusal.reason { refusal.reason = .connectionLost(sent: false) }
        for order in inbox.shut(refusal) {
            if case .run(let batch) = order { admit(batch) }
        }
        for (id, sent) in machine.lost() {
            guard let record = records.removeValue(forKey: id) else { continue }
            var error = reason
            if case .connectionLost = reason.reason { error.reason = .connectionLost(sent: sent) }
            record.batch.completion(.failure(record.error.map { $0.isUnavailable ? error : $0 } ?? error))
        }
        observer.onDown(fault)
    }
}

// MARK: Connecting

extension ConnectionDriver {
    private func connect() throws(DatabaseError) -> LibPQ {
        let deadline = clock.now + configuration.connectTimeout
        let handle = try LibPQ(configuration)
        var events = Int16(POLLOUT)
        // As libpq documents: behave as if the last poll had asked to write.
        if handle.isBroken { throw refusal(handle) }
        while true {
            try wait(for: handle, events, until: deadline)
            switch handle.connectStep() {
            case .waitToRead: events = Int16(POLLIN)
            case .waitToWrite: events = Int16(POLLOUT)
            case .failed: throw refusal(handle)
            case .done:
                guard handle.enterPipeline() else { throw refusal(handle) }
                return handle
            }
        }
    }

    private func wait(
        for handle: LibPQ, _ events: Int16, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) {
        while true {
            var descriptors = [
                pollfd(fd: handle.socket, events: events, revents: 0),
                pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let remaining = clock.now.duration(to: deadline)
            guard remaining > .zero else {
                throw DatabaseError(.connectFailed, message: "no connection within \(configuration.connectTimeout)")
            }
            poll(&descriptors, 2, remaining.pollMilliseconds)
            if descriptors[1].revents != 0 {
                takeOrders()
                if isClosing { throw DatabaseError(.closed, message: "the connection was closed") }
            }
            if descriptors[0].revents != 0 { return }
        }
    }

    private func refusal(_ handle: LibPQ) -> DatabaseError {
        let (sqlState, message) = handle.lastFault
        return DatabaseError(.connectFailed, sqlState: sqlState, message: message)
    }
}

// MARK: Serving

extension ConnectionDriver {
    private func serve(_ handle: LibPQ) {
        while fault == nil {
            takeOrders()
            interruptExpired()
            send(handle)
            let wantsToWrite = flush(handle)
            receive(handle)
            if machine.takeCancelRequest(now: clock.now) { sendCancel() }
            // Receiving may have made room to send, or a repeated batch.
            if fault != nil || machine.nextToSend() != nil { continue }
            if isClosing, machine.isIdle { return }
            wait(handle, wantsToWrite: wantsToWrite)
        }
    }

    private func takeOrders() {
        inbox.clearWake()
        for order in inbox.take() {
            switch order {
            case .run(let batch):
                if isClosing {
                    batch.completion(.failure(DatabaseError(.closed, message: "the connection is closing")))
                } else {
                    admit(batch)
                }
            case .interrupt(let id): perform(machine.interrupt(id, .caller))
            case .cancelFinished: machine.cancelFinished()
            case .close: isClosing = true
            }
        }
    }

    private func admit(_ batch: PendingBatch) {
        records[batch.request.id] = Record(batch: batch)
        machine.submit(batch.request)
    }

    private func interruptExpired() {
        let now = clock.now
        for id in machine.expired(now: now) { perform(machine.interrupt(id, .deadline)) }
        if machine.isStuck(now: now) { lose("the server did not obey a cancel request in time") }
    }

    private func send(_ handle: LibPQ) {
        while fault == nil, let request = machine.nextToSend(), let record = records[request.id] {
            switch record.batch.work {
            case .script(let sql):
                machine.sent(request.id, steps: [])
                guard handle.leavePipeline(), handle.send(script: sql) else { return lose(handle) }
            case .statements(let statements):
                guard let steps = send(statements, handle) else { return lose(handle) }
                machine.sent(request.id, steps: steps)
            }
        }
    }

    private func send(_ statements: [PostgresStatement], _ handle: LibPQ) -> [PipelineMachine.Step]? {
        var steps: [PipelineMachine.Step] = []
        for statement in statements {
            let key = StatementCache.Key(sql: statement.sql, types: statement.parameters.map(\.type))
            switch statement.prepared ? cache.use(key) : .unnamed {
            case .ready(let name):
                guard handle.send(statement, named: name) else { return nil }
            case .unnamed:
                guard handle.send(statement, named: nil) else { return nil }
            case .prepare(let name, let forgetting):
                if let forgetting {
                    guard handle.send(PostgresStatement("DEALLOCATE \(forgetting)"), named: nil) else { return nil }
                    steps.append(.housekeeping)
                }
                guard handle.send(prepare: name, statement), handle.send(statement, named: name) else { return nil }
                steps.append(.prepare(name))
            }
            steps.append(.execute)
        }
        return handle.sendSync() ? steps : nil
    }

    private func flush(_ handle: LibPQ) -> Bool {
        guard fault == nil else { return false }
        guard let isPending = handle.flush() else {
            // What the server said before it went away is worth more than "broken pipe".
            _ = handle.consumeInput()
            receive(handle)
            lose(handle)
            return false
        }
        return isPending
    }

    private func receive(_ handle: LibPQ) {
        while fault == nil, machine.expectsResults, !handle.isBusy {
            let wasScript = machine.isInScript
            let received = handle.receive()
            take(received)
            if wasScript, !machine.isInScript, fault == nil, !handle.enterPipeline() { return lose(handle) }
        }
        while let notification = handle.notification() { observer.onNotification(notification) }
        if handle.isBroken { lose(handle) }
    }

    private func wait(_ handle: LibPQ, wantsToWrite: Bool) {
        var descriptors = [
            pollfd(fd: handle.socket, events: Int16(wantsToWrite ? POLLIN | POLLOUT : POLLIN), revents: 0),
            pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let timeout = machine.nextDeadline.map { clock.now.duration(to: $0).pollMilliseconds } ?? -1
        poll(&descriptors, 2, timeout)
        guard descriptors[0].revents & ~Int16(POLLOUT) != 0, !handle.consumeInput() else { return }
        receive(handle)
        lose(handle)
    }

    private func sendCancel() {
        guard let cancelRequest else { return machine.cancelFinished() }
        let inbox = inbox
        let started = WorkerThread.start {
            cancelRequest.send()
            // A connection that is gone by now has nothing left to cancel.
            _ = inbox.post(.cancelFinished)
        }
        if !started { machine.cancelFinished() }
    }

    private func lose(_ handle: LibPQ) {
        let (sqlState, message) = handle.lastFault
        lose(message, sqlState)
    }

    private func lose(_ message: String, _ sqlState: SQLState? = nil) {
        if fault == nil {
            fault = DatabaseError(.connectionLost(sent: true), sqlState: sqlState, message: message)
        }
    }
}

// MARK: Results

extension ConnectionDriver {
    private func take(_ received: LibPQ.Received) {
        switch received {
        case .value(let result):
            perform(machine.received(.value), result: result)
        case .failure(let error) where error.sqlState == nil:
            // Libpq's own words, not the server's: the connection is lost.
            lose(error.message)
        case .failure(let error):
            let failure: PipelineMachine.Failure =
                switch error.sqlState {
                case .queryCanceled: .canceled
                // "cached plan must not change result type" has no code of its own.
                case .featureNotSupported, .invalidStatementName: .stale
                default: .other
                }
            perform(machine.received(.failure(failure)), error: error)
        case .skipped: perform(machine.received(.skipped))
        case .end: perform(machine.received(.end))
        case .sync: perform(machine.received(.sync))
        case .unexpected(let kind): lose("the server answered with \(kind)")
        }
    }

    private func perform(
        _ action: PipelineMachine.Action, result: PostgresResult? = nil, error: DatabaseError? = nil
    ) {
        switch action {
        case .none: break
        case .keepResult(let id):
            if let result { records[id]?.results.append(PostgresRows(result: result)) }
        case .keepError(let id): keep(error, for: id)
        case .confirm(let name): cache.confirm(name)
        case .forget(let name, let id):
            cache.forget(name)
            keep(error, for: id)
        case .finish(let id, let verdict): finish(id, verdict)
        case .discard(let id): records[id] = nil
        case .repeatBatch(let id):
            // After one prepared statement turned out stale all are suspect.
            if let error = records[id]?.error, error.sqlState != .queryCanceled { cache.forgetAll() }
            records[id]?.results = []
            records[id]?.error = nil
        case .violation(let what): lose("the server's answers are out of step: \(what)")
        }
    }

    private func keep(_ error: DatabaseError?, for id: PipelineMachine.BatchID) {
        if let error, records[id]?.error == nil { records[id]?.error = error }
    }

    private func finish(_ id: PipelineMachine.BatchID, _ verdict: PipelineMachine.Verdict) {
        guard let record = records[id] else { return }
        records[id] = nil
        switch verdict {
        case .deliver:
            if let error = record.error {
                record.batch.completion(.failure(error))
            } else {
                record.batch.completion(.success(record.results))
            }
        case .interrupted(.caller): record.batch.completion(.failure(CancellationError()))
        case .interrupted(.deadline):
            let message = "no answer within the statement's time-out"
            record.batch.completion(.failure(DatabaseError(.statementTimeout, message: message)))
        }
    }
}

extension Duration {
    /// Whole milliseconds for `poll`, rounded up, so that a deadline has passed when it returns.
    fileprivate var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 3600 else { return 3_600_000 }
        return max(0, Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
