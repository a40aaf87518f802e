import Logging
import Support
import Testing

@testable import Database

extension Logger {
    /// Says nothing.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension PostgresConfiguration {
    /// For a busy machine, on which only a fault keeps a connection from coming about.
    static func patient(_ url: String) -> PostgresConfiguration {
        PostgresConfiguration(
            url: url, connectTimeout: .seconds(60), statementTimeout: .seconds(120), cancelGrace: .seconds(100))
    }
}

/// A connection to an empty database of its own.
func withConnection<T>(
    statementTimeout: Duration = .seconds(120), cacheLimit: Int = 256,
    _ body: (PostgresConnection) async throws -> T
) async throws -> T {
    try await PostgresFixture.withEmptyDatabase { url in
        let configuration = PostgresConfiguration(
            url: url, connectTimeout: .seconds(60), statementTimeout: statementTimeout, cancelGrace: .seconds(100),
            statementCacheLimit: cacheLimit)
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        return try await body(connection)
    }
}

/// A pool on an empty database of its own.
func withPool<T: Sendable>(
    size: Int = 4, acquireTimeout: Duration = .seconds(60), queueLimit: Int = 4096,
    idleTimeout: Duration = .seconds(30), _ body: @Sendable (PostgresPool) async throws -> T
) async throws -> T {
    try await PostgresFixture.withEmptyDatabase { url in
        let configuration = PostgresPool.Configuration(
            connection: .patient(url), size: size, acquireTimeout: acquireTimeout,
            queueLimit: queueLimit, idleTimeout: idleTimeout)
        return try await PostgresPool.with(configuration, logger: .quiet, body)
    }
}

/// The `DatabaseError` that `body` throws; anything else is a failure of the test.
func databaseError(
    _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> DatabaseError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: location)
    } catch let error as DatabaseError {
        return error
    } catch {
        Issue.record("thrown: \(error)", sourceLocation: location)
    }
    return nil
}

enum TestDatabase {
    /// Ends the sessions that hold an advisory lock in this database; `pg_locks` shows those of all others as well.
    static let terminateLockHolders = """
        SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """
}

extension PostgresExecutor {
    /// One value of the only row.
    func value<T: PostgresDecodable>(
        _ sql: String, _ parameters: [any PostgresEncodable] = [], column: String? = nil, as type: T.Type = T.self
    ) async throws -> T {
        let row = try await query(sql, parameters).single()
        if let column { return try row.decode(column, as: type) }
        return try row.decode(0, as: type)
    }
}
