import Foundation
import Synchronization

/// Fresh databases for tests, on one server for the whole test process.
///
/// The server is `METACHAT_TEST_DATABASE_URL` (whose user may create databases) where that is set, else a private one,
/// started with the first test that needs it.
package enum PostgresFixture {
    private static let server: Result<PostgresServer?, any Error> = Result {
        external == nil ? try PostgresServer() : nil
    }

    private static let external: String? = {
        let url = ProcessInfo.processInfo.environment["METACHAT_TEST_DATABASE_URL"]
        return url.flatMap { $0.isEmpty ? nil : $0 }
    }()

    private static let counter = Atomic<Int>(0)
    private static let templates = Templates()
    /// So many tests work on databases at once: more would only wait for each other, and for connections.
    private static let places = Places(count: 8)

    /// The URL of a database on the shared server.
    private static func url(database: String) throws -> String {
        if let server = try server.get() { return server.url(database: database) }
        guard var parts = URLComponents(string: external ?? "") else {
            throw PostgresServer.Failure(description: "METACHAT_TEST_DATABASE_URL is no URL")
        }
        parts.path = "/" + database
        guard let url = parts.string else {
            throw PostgresServer.Failure(description: "METACHAT_TEST_DATABASE_URL is no URL")
        }
        return url
    }

    private static func administer(_ sql: String) async throws {
        _ = try await offPool { try PostgresServer.psql(external ?? url(database: "postgres"), sql) }
    }

    /// Runs `body` with the URL of an empty database of its own, dropped afterwards.
    package static func withEmptyDatabase<T>(_ body: (String) async throws -> T) async throws -> T {
        try await withDatabase(from: "template0", body)
    }

    /// Runs `body` with the URL of a database of its own, a copy of one that `prepare` has made ready.
    ///
    /// - Parameters:
    ///   - template: Names what `prepare` makes; each name is prepared once in a test process.
    ///   - prepare: Gets the URL of an empty database. Must leave no connection open.
    package static func withDatabase<T>(
        template: String, prepare: @escaping @Sendable (String) async throws -> Void,
        _ body: (String) async throws -> T
    ) async throws -> T {
        let name = try await templates.name(for: template) {
            let name = newName("template")
            try await administer("CREATE DATABASE \(name) TEMPLATE template0")
            try await prepare(try url(database: name))
            return name
        }
        return try await withDatabase(from: name, body)
    }

    private static func withDatabase<T>(from template: String, _ body: (String) async throws -> T) async throws -> T {
        await places.enter()
        defer { places.leave() }
        let name = newName("test")
        try await administer("CREATE DATABASE \(name) TEMPLATE \(template)")
        let result: T
        do {
            result = try await body(try url(database: name))
        } catch {
            try await administer("DROP DATABASE \(name) WITH (FORCE)")
            throw error
        }
        try await administer("DROP DATABASE \(name) WITH (FORCE)")
        return result
    }

    private static func newName(_ kind: String) -> String {
        "metachat_\(kind)_\(getpid())_\(counter.add(1, ordering: .relaxed).newValue)"
    }

    /// Runs what blocks outside the cooperative pool.
    package static func offPool<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }

    private actor Templates {
        private var names: [String: Task<String, any Error>] = [:]

        func name(for key: String, _ make: @escaping @Sendable () async throws -> String) async throws -> String {
            if let task = names[key] { return try await task.value }
            let task = Task { try await make() }
            names[key] = task
            return try await task.value
        }
    }
}
