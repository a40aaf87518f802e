import Synchronization

/// A session-level advisory lock, held by a connection of its own for as long as that lives.
///
/// The server frees the lock when the connection ends, so a holder that dies makes room at once. A holder whose
/// network broke may believe for up to half a minute that it holds what another has got: use it to avoid double work,
/// and let the transactions themselves keep the data right.
package final class AdvisoryLock: Sendable {
    private let connection: PostgresConnection
    private let down: Once<DatabaseError?>
    private let held = Atomic<Bool>(true)

    private init(_ connection: PostgresConnection, _ down: Once<DatabaseError?>) {
        self.connection = connection
        self.down = down
    }

    /// Takes the lock if nobody holds it.
    ///
    /// - Parameters:
    ///   - key: Which lock; the same everywhere in one database.
    ///   - onLost: Called, once, when the lock is gone other than by ``release()``.
    /// - Returns: Nil where another session holds it.
    /// - Throws: ``DatabaseError``; `CancellationError`.
    package static func tryAcquire(
        _ key: Int64, _ configuration: PostgresConfiguration, onLost: @escaping @Sendable () -> Void = {}
    ) async throws -> AdvisoryLock? {
        let down = Once<DatabaseError?>()
        let lost = WeakLock()
        let connection = try await PostgresConnection.connect(
            configuration,
            onDown: { error in
                lost.lock?.held.store(false, ordering: .releasing)
                down.resolve(error)
                if error != nil, lost.isTaken { onLost() }
            })
        do {
            let taken = try await connection.query("SELECT pg_try_advisory_lock($1)", [key]).single().decode(
                0, as: Bool.self)
            guard taken else {
                connection.close()
                return nil
            }
        } catch {
            connection.close()
            throw error
        }
        let lock = AdvisoryLock(connection, down)
        lost.take(lock)
        return lock
    }

    /// Waits until nobody else holds the lock, asking again at intervals, and takes it. A database that cannot be
    /// reached is waited for as well.
    package static func acquire(
        _ key: Int64, _ configuration: PostgresConfiguration, every interval: Duration = .milliseconds(500),
        onLost: @escaping @Sendable () -> Void = {}
    ) async throws -> AdvisoryLock {
        while true {
            do {
                if let lock = try await tryAcquire(key, configuration, onLost: onLost) { return lock }
            } catch let error as DatabaseError where error.isUnavailable {
                // Waited out like a lock that another holds.
            }
            try await Task.sleep(for: interval)
        }
    }

    /// False from the moment that the connection is known to be gone.
    package var isHeld: Bool { held.load(ordering: .acquiring) }

    /// Returns when the lock is not held any more, by loss or release.
    package func waitUntilGone() async { _ = await down.value }

    /// Gives the lock back; returns when the server has it.
    package func release() async {
        held.store(false, ordering: .releasing)
        connection.close()
        _ = await down.value
    }

    deinit { connection.close() }

    private final class WeakLock: Sendable {
        private struct State {
            weak var lock: AdvisoryLock?
            var isTaken = false
        }

        private let state = Mutex(State())

        var lock: AdvisoryLock? { state.withLock { $0.lock } }
        var isTaken: Bool { state.withLock { $0.isTaken } }
        func take(_ lock: AdvisoryLock) { state.withLock { $0 = State(lock: lock, isTaken: true) } }
    }
}
