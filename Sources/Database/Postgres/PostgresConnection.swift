import Synchronization

/// One connection to PostgreSQL, on a thread of its own.
///
/// Calls from several tasks are pipelined: each batch of statements is one implicit transaction, answered in order.
/// Waiting never blocks a thread of the cooperative pool. Losing the connection ends every call with
/// ``DatabaseError`` (`connectionLost`); it does not come back by itself: see ``PostgresPool``.
package final class PostgresConnection: PostgresExecutor {
    private let inbox: ConnectionInbox
    private let statementTimeout: Duration
    private let nextID = Atomic<UInt64>(1)

    private init(inbox: ConnectionInbox, statementTimeout: Duration) {
        self.inbox = inbox
        self.statementTimeout = statementTimeout
    }

    /// PostgreSQL's protocol counts parameters in 16 bits.
    package static let parameterLimit = 65_535

    /// What becomes of a connection.
    enum Event: Sendable {
        case up
        /// It is gone or did not come about; nil where it was closed by order. The last event.
        case down(DatabaseError?)
        case notification(PostgresNotification)
    }

    /// Starts a connection; `observe` hears of it on the connection's thread.
    static func start(
        _ configuration: PostgresConfiguration,
        observe: @escaping @Sendable (Event) -> Void
    ) throws(DatabaseError) -> PostgresConnection {
        let inbox = try ConnectionInbox()
        let observer = ConnectionDriver.Observer(
            onUp: { observe(.up) }, onDown: { observe(.down($0)) }, onNotification: { observe(.notification($0)) })
        let started = WorkerThread.start {
            ConnectionDriver(configuration, inbox: inbox, observer: observer).run()
        }
        guard started else { throw DatabaseError(.connectFailed, message: "the system gives no more threads") }
        return PostgresConnection(inbox: inbox, statementTimeout: configuration.statementTimeout)
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - onNotification: Hears what is sent to channels that this connection listens on.
    ///   - onDown: Called once when the connection is gone; with nil where it was closed by ``close()``.
    /// - Throws: ``DatabaseError`` (`connectFailed`).
    package static func connect(
        _ configuration: PostgresConfiguration,
        onNotification: @escaping @Sendable (PostgresNotification) -> Void = { _ in },
        onDown: @escaping @Sendable (DatabaseError?) -> Void = { _ in }
    ) async throws -> PostgresConnection {
        let outcome = Once<Result<Void, DatabaseError>>()
        let connection = try start(configuration) { event in
            switch event {
            case .up: outcome.resolve(.success(()))
            case .down(let error):
                let wasUp = !outcome.resolve(
                    .failure(error ?? DatabaseError(.closed, message: "closed while connecting")))
                if wasUp { onDown(error) }
            case .notification(let notification): onNotification(notification)
            }
        }
        try await withTaskCancellationHandler {
            try await outcome.value.get()
            if Task.isCancelled {
                connection.close()
                throw CancellationError()
            }
        } onCancel: {
            connection.close()
        }
        return connection
    }

    package func batch(_ statements: [PostgresStatement], timeout: Duration?) async throws -> [PostgresRows] {
        try await batch(statements, timeout: timeout, isRepeatable: true)
    }

    /// - Parameters:
    ///   - isRepeatable: Whether the batch may run again where the server rolled it back although nobody asked for
    ///     that; false inside an explicit transaction.
    ///   - isInterruptible: Whether the end of the calling task cancels it; false for COMMIT and ROLLBACK.
    func batch(
        _ statements: [PostgresStatement], timeout: Duration?, isRepeatable: Bool, isInterruptible: Bool = true
    ) async throws -> [PostgresRows] {
        if let wide = statements.first(where: { $0.parameters.count > Self.parameterLimit }) {
            throw DatabaseError(.misuse, message: "\(wide.parameters.count) parameters in one statement")
        }
        guard !statements.contains(where: { $0.sql.utf8.contains(0) }) else {
            throw DatabaseError(.misuse, message: "a NUL character in a statement's text")
        }
        return try await run(
            .statements(statements), timeout: timeout, isRepeatable: isRepeatable, isInterruptible: isInterruptible)
    }

    /// Runs any number of statements without parameters, as the simple protocol does: in one transaction unless the
    /// text says otherwise.
    package func script(_ sql: String, timeout: Duration? = nil) async throws {
        guard !sql.utf8.contains(0) else { throw DatabaseError(.misuse, message: "a NUL character in a script") }
        _ = try await run(.script(sql), timeout: timeout, isRepeatable: false, isInterruptible: true)
    }

    /// The number of the last batch that was asked for; 0 at first.
    var lastSubmission: UInt64 { nextID.load(ordering: .relaxed) - 1 }

    /// Closes the connection once what is under way has ended. Calls that come later fail.
    package func close() { _ = inbox.post(.close) }

    private func run(
        _ work: PendingBatch.Work, timeout: Duration?, isRepeatable: Bool, isInterruptible: Bool
    ) async throws -> [PostgresRows] {
        let id = nextID.add(1, ordering: .relaxed).newValue
        var request = PipelineMachine.Request(id: id, deadline: .now + (timeout ?? statementTimeout))
        request.isRepeatable = isRepeatable
        if case .script = work { request.isScript = true }
        guard isInterruptible else { return try await submit(request, work, isInterruptible: false) }
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await submit(request, work, isInterruptible: true)
        } onCancel: {
            _ = inbox.post(.interrupt(id))
        }
    }

    private func submit(
        _ request: PipelineMachine.Request, _ work: PendingBatch.Work, isInterruptible: Bool
    ) async throws -> [PostgresRows] {
        try await withCheckedThrowingContinuation { continuation in
            let batch = PendingBatch(request: request, work: work) { continuation.resume(with: $0) }
            if let refusal = inbox.post(.run(batch)) { return continuation.resume(throwing: refusal) }
            // The handler may have run before the batch was posted, and its order been ignored.
            if isInterruptible, Task.isCancelled { _ = inbox.post(.interrupt(request.id)) }
        }
    }
}

/// A value that comes once, from any thread.
final class Once<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited([CheckedContinuation<Value, Never>])
        case full(Value)
    }

    private let state = Mutex(State.empty)

    /// Gives the value; false where there is one already.
    @discardableResult
    func resolve(_ value: Value) -> Bool {
        let waiting: [CheckedContinuation<Value, Never>]? = state.withLock { state in
            switch state {
            case .full: return nil
            case .empty:
                state = .full(value)
                return []
            case .awaited(let continuations):
                state = .full(value)
                return continuations
            }
        }
        guard let waiting else { return false }
        for continuation in waiting { continuation.resume(returning: value) }
        return true
    }

    var isResolved: Bool { state.withLock { if case .full = $0 { true } else { false } } }

    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let value: Value? = state.withLock { state in
                    switch state {
                    case .full(let value): return value
                    case .empty: state = .awaited([continuation])
                    case .awaited(let others): state = .awaited(others + [continuation])
                    }
                    return nil
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }
}
