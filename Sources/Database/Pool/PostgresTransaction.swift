import Synchronization

/// How much of other transactions a transaction sees.
package enum Isolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

/// A transaction under way; of use only within the closure that it was given to.
package final class PostgresTransaction: PostgresExecutor {
    private enum Phase {
        /// BEGIN travels with the first statement.
        case new
        case begun
        case ended
    }

    private let connection: PostgresConnection
    private let metrics: PoolMetrics
    private let begin: PostgresStatement
    private let phase = Mutex(Phase.new)

    fileprivate init(_ connection: PostgresConnection, _ isolation: Isolation, _ metrics: PoolMetrics) {
        self.connection = connection
        self.metrics = metrics
        begin = PostgresStatement("BEGIN ISOLATION LEVEL \(isolation.rawValue)")
    }

    /// Runs statements in one round trip. After one of them failed the transaction can only be rolled back.
    package func batch(_ statements: [PostgresStatement], timeout: Duration?) async throws -> [PostgresRows] {
        try await metrics.counting(statements.count) { try await send(statements, timeout: timeout) }
    }

    private func send(_ statements: [PostgresStatement], timeout: Duration?) async throws -> [PostgresRows] {
        let before = phase.withLock { phase in
            let before = phase
            if phase == .new { phase = .begun }
            return before
        }
        switch before {
        case .ended: throw DatabaseError(.misuse, message: "a transaction was used after its end")
        case .begun: return try await connection.batch(statements, timeout: timeout, isRepeatable: false)
        case .new:
            let all = try await connection.batch([begin] + statements, timeout: timeout, isRepeatable: false)
            return Array(all.dropFirst())
        }
    }

    /// True where there is something to end.
    private func end() -> Bool {
        phase.withLock { phase in
            let wasBegun = phase == .begun
            phase = .ended
            return wasBegun
        }
    }

    /// - Throws: ``DatabaseError``; where the connection is lost meanwhile, whether it took effect is not known.
    fileprivate func commit() async throws {
        guard end() else { return }
        let results = try await connection.batch(
            [PostgresStatement("COMMIT")], timeout: nil, isRepeatable: false, isInterruptible: false)
        // A failed transaction answers COMMIT with a rollback, as if nothing were wrong.
        guard results.first?.result.tag == "COMMIT" else {
            throw DatabaseError(
                .server, sqlState: .inFailedTransaction, message: "a statement had failed: rolled back instead")
        }
    }

    /// False where the connection is of no more use.
    fileprivate func rollback() async -> Bool {
        guard end() else { return true }
        do {
            _ = try await connection.batch(
                [PostgresStatement("ROLLBACK")], timeout: .seconds(10), isRepeatable: false, isInterruptible: false)
            return true
        } catch {
            return false
        }
    }
}

extension PostgresPool {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    ///
    /// - Parameters:
    ///   - attempts: How often to run `body` in all while it loses against other transactions (40001, 40P01).
    /// - Throws: What `body` throws; ``DatabaseError``. Where the connection was lost during the commit, the error is
    ///   `connectionLost(sent: true)` and the outcome unknown: repeat only what bears repetition.
    package func withTransaction<T>(
        isolation: Isolation = .readCommitted, attempts: Int = 1,
        _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        var attempt = 1
        while true {
            do {
                return try await transaction(isolation, body)
            } catch let error as DatabaseError where error.isRetryable && attempt < attempts {
                attempt += 1
            }
        }
    }

    private func transaction<T>(
        _ isolation: Isolation, _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let lease = try await acquire(.exclusive)
        var isUsable = true
        defer { isUsable ? release(lease) : discard(lease) }
        let transaction = PostgresTransaction(lease.connection, isolation, metrics)
        let result: T
        do {
            result = try await body(transaction)
            try Task.checkCancellation()
        } catch {
            isUsable = await transaction.rollback()
            throw error
        }
        do {
            try await transaction.commit()
        } catch let error as DatabaseError {
            // An answer that never came leaves the connection in doubt.
            isUsable = error.reason == .server
            throw error
        }
        return result
    }
}
