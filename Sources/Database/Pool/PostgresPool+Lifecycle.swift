package import Logging
import ServiceLifecycle
import Synchronization

extension PostgresPool {
    /// Connects, and keeps time for the pool, until the task is cancelled or shut down gracefully.
    ///
    /// At the end new calls are refused, transactions under way have ``Configuration/closeTimeout`` to finish, and
    /// all connections are closed.
    package func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            start()
            await withDiscardingTaskGroup { group in
                for await _ in alarms {
                    guard let deadline = tick() else { continue }
                    group.addTask { [alarm] in
                        // Cancelled at the end; then nobody listens to the alarm.
                        do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return }
                        alarm.yield()
                    }
                }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            self.close()
        }
        await waitUntilClosed()
    }

    private func start() {
        perform(
            state.withLock { state in
                let actions = state.machine.start(now: .now)
                return effects(of: actions, &state)
            })
    }

    /// Does what is due, and tells when to come again.
    private func tick() -> ContinuousClock.Instant? {
        let todo: [Effect]
        let deadline: ContinuousClock.Instant?
        (todo, deadline) = state.withLock { state in
            state.armed = nil
            let actions = state.machine.tick(now: .now)
            // The alarm for the next deadline is what this returns.
            let todo = effects(of: actions, &state).filter { if case .alarm = $0 { false } else { true } }
            return (todo, state.armed)
        }
        perform(todo)
        return deadline
    }

    /// Waits until the database has been reached.
    ///
    /// - Throws: ``DatabaseError`` (`closed`) where the pool is closed first; `CancellationError`.
    package func waitUntilUp() async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.machine.isUp { return .success(()) }
                    if state.machine.isClosed {
                        return .failure(DatabaseError(.closed, message: "the pool is closed"))
                    }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.upWaiters[id] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let continuation = state.withLock { $0.upWaiters.removeValue(forKey: id) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func close() {
        perform(
            state.withLock { state in
                let actions = state.machine.close()
                let error = DatabaseError(.closed, message: "the pool is closed")
                let waiting = state.upWaiters.values.map { Effect.resumeUp($0, .failure(error)) }
                state.upWaiters.removeAll()
                return effects(of: actions, &state) + waiting
            })
        alarm.finish()
    }

    private func waitUntilClosed() async {
        let overdue = Task { [configuration, finished] in
            do { try await Task.sleep(for: configuration.closeTimeout) } catch { return }
            finished.resolve(())
        }
        await finished.value
        overdue.cancel()
        // Whoever is still at work loses its connection when that has answered what it was asked.
        let left = state.withLock { state in
            let left = Array(state.connections.values)
            state.connections.removeAll()
            return left
        }
        for connection in left { connection.close() }
    }

    /// Runs a pool for as long as `body` takes: for commands and tests.
    package static func with<T: Sendable>(
        _ configuration: Configuration, logger: Logger, _ body: @Sendable (PostgresPool) async throws -> T
    ) async throws -> T {
        let pool = PostgresPool(configuration, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            let result = try await body(pool)
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }
}
