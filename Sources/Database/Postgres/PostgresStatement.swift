/// One SQL statement with its parameters `$1`, `$2`, ….
package struct PostgresStatement: Sendable {
    package var sql: String
    package var parameters: [PostgresValue]
    /// Whether the connection keeps it prepared. False for text that is made up for one use.
    package var prepared: Bool

    package init(_ sql: String, _ parameters: [any PostgresEncodable] = [], prepared: Bool = true) {
        self.sql = sql
        self.parameters = parameters.map(\.postgresValue)
        self.prepared = prepared
    }
}

extension PostgresStatement {
    /// First in a batch whose loss in a crash of the server harms nobody: its commit does not wait for the disk. Nothing
    /// is lost when only the client dies.
    package static let withoutWaitingForTheDisk = PostgresStatement(
        "SELECT set_config('synchronous_commit', 'off', true)")
}

/// What runs statements: a pool, one of its connections, or a transaction.
package protocol PostgresExecutor: Sendable {
    /// Runs statements in one round trip: all of them take effect or none does.
    ///
    /// - Parameter timeout: The longest time to wait for the answer; nil is the executor's default.
    /// - Returns: The rows of each statement.
    /// - Throws: ``DatabaseError``; `CancellationError` where the task was cancelled.
    func batch(_ statements: [PostgresStatement], timeout: Duration?) async throws -> [PostgresRows]
}

extension PostgresExecutor {
    /// Runs one statement.
    @discardableResult
    package func query(
        _ sql: String, _ parameters: [any PostgresEncodable] = [], timeout: Duration? = nil
    ) async throws -> PostgresRows {
        let results = try await batch([PostgresStatement(sql, parameters)], timeout: timeout)
        guard let first = results.first else { throw DatabaseError(.decoding, message: "the statement gave no result") }
        return first
    }

    @discardableResult
    package func batch(_ statements: [PostgresStatement]) async throws -> [PostgresRows] {
        try await batch(statements, timeout: nil)
    }
}
