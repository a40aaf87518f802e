package import Logging
package import Observability
import ServiceLifecycle
import Synchronization

/// A set of connections to one database, made as they are needed and made again when they break.
///
/// Single statements and batches share connections (pipelined) when all are busy; ``withConnection(_:)`` and
/// ``withTransaction(isolation:_:)`` have one to themselves. While the database cannot be reached, calls fail at once
/// with an error whose ``DatabaseError/isUnavailable`` is true. Nothing is connected before ``run()``.
package final class PostgresPool: PostgresExecutor, Service {
    package struct Configuration: Sendable {
        package var connection: PostgresConfiguration
        /// Most connections; `DATABASE_POOL_SIZE`.
        package var size: Int
        /// The longest to wait for a connection.
        package var acquireTimeout: Duration
        /// Most callers that wait for a connection.
        package var queueLimit: Int
        /// How long a connection is kept that nobody needs; one always stays.
        package var idleTimeout: Duration
        /// The longest that ``PostgresPool/run()`` waits at its end for transactions under way.
        package var closeTimeout: Duration

        package init(
            connection: PostgresConfiguration, size: Int = 8, acquireTimeout: Duration = .seconds(5),
            queueLimit: Int = 4096, idleTimeout: Duration = .seconds(30), closeTimeout: Duration = .seconds(10)
        ) {
            self.connection = connection
            self.size = max(1, size)
            self.acquireTimeout = acquireTimeout
            self.queueLimit = queueLimit
            self.idleTimeout = idleTimeout
            self.closeTimeout = closeTimeout
        }
    }

    struct Lease: Sendable {
        var id: PoolMachine.ConnectionID
        var connection: PostgresConnection
    }

    struct State {
        var machine: PoolMachine
        var connections: [PoolMachine.ConnectionID: PostgresConnection] = [:]
        var waiting: [PoolMachine.WaiterID: CheckedContinuation<Lease, any Error>] = [:]
        var nextWaiter: PoolMachine.WaiterID = 0
        var upWaiters: [PoolMachine.WaiterID: CheckedContinuation<Void, any Error>] = [:]
        var armed: ContinuousClock.Instant?
        /// Connections that stood and were lost, and were not replaced yet.
        var lost = 0
    }

    let configuration: Configuration
    let logger: Logger
    let metrics: PoolMetrics
    let state: Mutex<State>
    /// Wakes ``run()``: a deadline has come nearer.
    let (alarms, alarm) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let finished = Once<Void>()

    package init(_ configuration: Configuration, metrics: MetricRegistry = MetricRegistry(), logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.metrics = PoolMetrics(metrics)
        var limits = PoolMachine.Limits()
        limits.size = configuration.size
        limits.acquireTimeout = configuration.acquireTimeout
        limits.queue = configuration.queueLimit
        limits.idleTimeout = configuration.idleTimeout
        state = Mutex(State(machine: PoolMachine(limits)))
        metrics.collect { [weak self] text in
            guard let (busy, waiting) = self?.state.withLock({ ($0.machine.busyCount, $0.machine.waiterCount) }) else {
                return
            }
            for (name, value) in [(MetricName.databaseConnectionsBusy, busy), (.databaseWaiting, waiting)] {
                text.gauge(name.rawValue, help: name.help, Double(value))
            }
        }
    }

    /// Whether the database could be reached when it was last tried.
    package var isUp: Bool { state.withLock { $0.machine.isUp } }

    /// Connections that stand.
    package var connectionCount: Int { state.withLock { $0.machine.liveCount } }

    /// Callers that wait for a connection.
    package var waiterCount: Int { state.withLock { $0.machine.waiterCount } }

    package func batch(_ statements: [PostgresStatement], timeout: Duration?) async throws -> [PostgresRows] {
        try await metrics.counting(statements.count) { try await send(statements, timeout: timeout) }
    }

    private func send(_ statements: [PostgresStatement], timeout: Duration?) async throws -> [PostgresRows] {
        let lease = try await acquire(.shared)
        do {
            defer { release(lease) }
            return try await lease.connection.batch(statements, timeout: timeout)
        } catch let error as DatabaseError where error.reason == .connectionLost(sent: false) {
            // The server never saw it: once more, on another connection.
            let lease = try await acquire(.shared)
            defer { release(lease) }
            return try await lease.connection.batch(statements, timeout: timeout)
        }
    }

    /// Gives `body` a connection of its own, outside any transaction.
    ///
    /// What `body` leaves behind in the session (settings, temporary tables, advisory locks) is its own to undo.
    package func withConnection<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        let lease = try await acquire(.exclusive)
        defer { release(lease) }
        return try await body(lease.connection)
    }
}

// MARK: Leases

extension PostgresPool {
    func acquire(_ use: PoolMachine.Use) async throws -> Lease {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let todo = state.withLock { state in
                    state.waiting[id] = continuation
                    let actions = state.machine.acquire(id, use, now: .now)
                    return effects(of: actions, &state)
                }
                perform(todo)
                // The handler may have run before there was anything to withdraw.
                if Task.isCancelled { withdraw(id) }
            }
        } onCancel: {
            withdraw(id)
        }
    }

    private func withdraw(_ id: PoolMachine.WaiterID) {
        let continuation = state.withLock { state in
            state.machine.withdraw(id) ? state.waiting.removeValue(forKey: id) : nil
        }
        continuation?.resume(throwing: CancellationError())
    }

    func release(_ lease: Lease) {
        perform(
            state.withLock { state in
                let actions = state.machine.release(lease.id, now: .now)
                return effects(of: actions, &state)
            })
    }

    /// Gives back a connection in doubt: it is closed, and nobody gets it any more.
    func discard(_ lease: Lease) {
        lease.connection.close()
        perform(
            state.withLock { state in
                state.connections[lease.id] = nil
                state.lost += 1
                let actions = state.machine.lost(lease.id, nil, now: .now, jitter: 0)
                return effects(of: actions, &state)
            })
    }
}

// MARK: Effects

extension PostgresPool {
    /// What is done after the lock has been left.
    enum Effect: Sendable {
        case resume(CheckedContinuation<Lease, any Error>, Result<Lease, DatabaseError>)
        case resumeUp(CheckedContinuation<Void, any Error>, Result<Void, DatabaseError>)
        case connect(PoolMachine.ConnectionID)
        case close(PostgresConnection)
        case tell(DatabaseError?)
        case alarm
        case finish
    }

    func effects(of actions: [PoolMachine.Action], _ state: inout State) -> [Effect] {
        var effects: [Effect] = []
        for action in actions {
            switch action {
            case .connect(let id): effects.append(.connect(id))
            case .close(let id):
                if let connection = state.connections.removeValue(forKey: id) { effects.append(.close(connection)) }
            case .grant(let waiter, let id):
                guard let continuation = state.waiting.removeValue(forKey: waiter) else { break }
                let lease = state.connections[id].map { Lease(id: id, connection: $0) }
                let gone = DatabaseError(.connectionLost(sent: false), message: "the connection is gone")
                effects.append(.resume(continuation, lease.map(Result.success) ?? .failure(gone)))
            case .refuse(let waiter, let refusal):
                guard let continuation = state.waiting.removeValue(forKey: waiter) else { break }
                effects.append(.resume(continuation, .failure(error(of: refusal))))
            case .up:
                effects.append(.tell(nil))
                for continuation in state.upWaiters.values { effects.append(.resumeUp(continuation, .success(()))) }
                state.upWaiters.removeAll()
            case .down(let error): effects.append(.tell(error))
            case .finished: effects.append(.finish)
            }
        }
        if let deadline = state.machine.nextDeadline, state.armed.map({ deadline < $0 }) ?? true {
            state.armed = deadline
            effects.append(.alarm)
        }
        return effects
    }

    func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .resume(let continuation, let result): continuation.resume(with: result.mapError { $0 as any Error })
            case .resumeUp(let continuation, let result): continuation.resume(with: result.mapError { $0 as any Error })
            case .connect(let id): connect(id)
            case .close(let connection): connection.close()
            case .tell(nil):
                metrics.isUp.set(true)
                logger.info("database is up")
            case .tell(let error?):
                metrics.isUp.set(false)
                logger.warning("database is down", metadata: ["error": "\(error)"])
            case .alarm: alarm.yield()
            case .finish: finished.resolve(())
            }
        }
    }

    private func error(of refusal: PoolMachine.Refusal) -> DatabaseError {
        switch refusal {
        case .queueFull:
            DatabaseError(.queueFull, message: "\(configuration.queueLimit) callers wait for a connection already")
        case .timedOut:
            DatabaseError(.acquireTimeout, message: "no connection became free within \(configuration.acquireTimeout)")
        case .closed: DatabaseError(.closed, message: "the pool is closed")
        case .down(let error): error
        }
    }

    private func connect(_ id: PoolMachine.ConnectionID) {
        do throws(DatabaseError) {
            // Under the lock, because the connection's thread may report before it is in the table.
            try state.withLock { state throws(DatabaseError) in
                state.connections[id] = try PostgresConnection.start(configuration.connection) { [weak self] event in
                    self?.observe(event, of: id)
                }
            }
        } catch {
            observe(.down(error), of: id)
        }
    }

    private func observe(_ event: PostgresConnection.Event, of id: PoolMachine.ConnectionID) {
        perform(
            state.withLock { state in
                switch event {
                case .up:
                    if state.lost > 0 {
                        state.lost -= 1
                        metrics.reconnects.increment()
                    }
                    let actions = state.machine.connected(id, now: .now)
                    return effects(of: actions, &state)
                case .down(let error):
                    state.connections[id] = nil
                    let stood = state.machine.liveCount
                    let actions = state.machine.lost(id, error, now: .now, jitter: .random(in: 0...1))
                    if error != nil, state.machine.liveCount < stood { state.lost += 1 }
                    return effects(of: actions, &state)
                case .notification: return []
                }
            })
    }
}
