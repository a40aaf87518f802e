import Synchronization

/// A session-level advisory lock, held by a connection of its own for as long as that lives.
///
/// The server frees the lock when the connection ends, so a holder that dies makes room at once. A holder whose
/// network broke may believe for up to half a minute that it holds what another has got: use it to avoid double work,
/// and let the transactions themselves keep the data right.
package final class AdvisoryLock: Sendable {
    /// What the lock and its connection's thread both know; the thread must not keep the lock alive.
    private final class Holding: Sendable {
        let gone = Once<DatabaseError?>()
        let isHeld = Atomic<Bool>(false)
        let onLost: @Sendable () -> Void

        init(_ onLost: @escaping @Sendable () -> Void) { self.onLost = onLost }

        func end(_ error: DatabaseError?) {
            gone.resolve(error)
            if isHeld.exchange(false, ordering: .sequentiallyConsistent) { onLost() }
        }
    }

    private let connection: PostgresConnection
    private let holding: Holding

    private init(_ connection: PostgresConnection, _ holding: Holding) {
        self.connection = connection
        self.holding = holding
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
        try await acquire(
            key, configuration, every: nil, listeningTo: [], onNotification: { _ in }, onLost: onLost)
    }

    /// Waits until nobody else holds the lock, asking again at intervals, and takes it. A database that cannot be
    /// reached is waited for as well.
    ///
    /// - Parameters:
    ///   - channels: Channels of NOTIFY that the lock's connection listens to, from before the lock is taken.
    /// - Throws: ``DatabaseError`` where waiting does not help; `CancellationError`.
    package static func acquire(
        _ key: Int64, _ configuration: PostgresConfiguration, every interval: Duration = .milliseconds(500),
        listeningTo channels: [String] = [],
        onNotification: @escaping @Sendable (PostgresNotification) -> Void = { _ in },
        onLost: @escaping @Sendable () -> Void = {}
    ) async throws -> AdvisoryLock {
        while true {
            do {
                let lock = try await acquire(
                    key, configuration, every: .some(interval), listeningTo: channels,
                    onNotification: onNotification, onLost: onLost)
                if let lock { return lock }
            } catch let error as DatabaseError where error.isUnavailable {
                // Waited out like a lock that another holds.
            }
            try await Task.sleep(for: interval)
        }
    }

    /// On one connection: asks once, or at intervals until it has the lock.
    private static func acquire(
        _ key: Int64, _ configuration: PostgresConfiguration, every interval: Duration?, listeningTo channels: [String],
        onNotification: @escaping @Sendable (PostgresNotification) -> Void, onLost: @escaping @Sendable () -> Void
    ) async throws -> AdvisoryLock? {
        let holding = Holding(onLost)
        let connection = try await PostgresConnection.connect(
            configuration, onNotification: onNotification, onDown: { holding.end($0) })
        let lock = AdvisoryLock(connection, holding)
        if !channels.isEmpty {
            try await connection.batch(channels.map { PostgresStatement("LISTEN \($0.quotedIdentifier)") })
        }
        while true {
            let row = try await connection.query("SELECT pg_try_advisory_lock($1)", [key]).single()
            if try row.decode(0, as: Bool.self) {
                holding.isHeld.store(true, ordering: .sequentiallyConsistent)
                // The connection may have broken in this very moment.
                if holding.gone.isResolved { holding.end(nil) }
                return lock
            }
            guard let interval else { return nil }
            try await Task.sleep(for: interval * Double.random(in: 0.75...1.25))
        }
    }

    /// False from the moment that the connection is known to be gone.
    package var isHeld: Bool { holding.isHeld.load(ordering: .sequentiallyConsistent) }

    /// Returns when the lock is not held any more, by loss or release.
    package func waitUntilGone() async { _ = await holding.gone.value }

    /// Gives the lock back; returns when the connection is closed.
    package func release() async {
        holding.isHeld.store(false, ordering: .sequentiallyConsistent)
        connection.close()
        _ = await holding.gone.value
    }

    deinit { connection.close() }
}
