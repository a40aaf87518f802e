import Glibc
import Support
import Synchronization

/// The PostgreSQL and the RabbitMQ of these tests, apart from those of all others: here they are stopped and killed.
actor Services {
    static let shared = Services()

    private var broker: Task<RabbitServer, any Error>?
    private var database: Task<PostgresServer, any Error>?
    private var databases = 0

    func rabbit() async throws -> RabbitServer {
        if let broker { return try await broker.value }
        let task = Task { try await RabbitServer.start() }
        broker = task
        return try await task.value
    }

    /// Durable: a commit must survive its killing.
    func postgres() async throws -> PostgresServer {
        if let database { return try await database.value }
        let task = Task { try await PostgresFixture.offPool { try PostgresServer(durable: true) } }
        database = task
        return try await task.value
    }

    /// The URL of a new database.
    func newDatabase() async throws -> String {
        let server = try await postgres()
        databases += 1
        let name = "site_\(databases)"
        _ = try await PostgresFixture.offPool { try PostgresServer.psql(server.url(), "CREATE DATABASE \(name)") }
        return server.url(database: name)
    }
}
