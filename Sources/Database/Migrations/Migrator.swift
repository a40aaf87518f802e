package import Logging

/// Brings a database's schema up to date.
package struct Migrator: Sendable {
    /// Whoever migrates holds this advisory lock.
    private static let lockKey: Int64 = 0x6d63_6d69_6772_6174
    /// A migration may rewrite tables.
    private static let timeout: Duration = .seconds(3600)

    private let configuration: PostgresConfiguration
    private let logger: Logger

    package init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Applies what has not been applied yet, in order, each in a transaction of its own. Any number of processes may
    /// do so at once: one works, the others wait and find nothing left to do.
    ///
    /// - Returns: What was applied by this call.
    /// - Throws: ``DatabaseError``: `migration` where the files contradict what has been applied or a file fails.
    @discardableResult
    package func apply(_ migrations: [Migration] = Migration.embedded) async throws -> [Migration] {
        let ordered = try Self.ordered(migrations)
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        try await connection.query("SELECT pg_advisory_lock($1)", [Self.lockKey], timeout: Self.timeout)
        try await connection.query(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version int PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let applied = try await appliedChecksums(connection)
        let checksums = try await checksums(of: ordered, connection)
        try Self.verify(ordered, checksums, applied)
        for version in applied.keys.sorted() where version > ordered.count {
            logger.warning("the database has a newer migration than this program", metadata: ["version": "\(version)"])
        }
        var done: [Migration] = []
        for (migration, checksum) in zip(ordered, checksums) where applied[migration.version] == nil {
            try await apply(migration, checksum, connection)
            logger.info("migration applied", metadata: ["migration": "\(migration.file)"])
            done.append(migration)
        }
        return done
    }

    private func apply(_ migration: Migration, _ checksum: String, _ connection: PostgresConnection) async throws {
        // Version, name and checksum are digits and [a-z0-9_]: nothing to quote.
        let script = """
            BEGIN;
            \(migration.sql)
            ;
            INSERT INTO schema_migrations (version, name, checksum)
            VALUES (\(migration.version), '\(migration.name)', '\(checksum)');
            COMMIT;
            """
        do {
            try await connection.script(script, timeout: Self.timeout)
        } catch let error as DatabaseError where error.reason == .server {
            throw DatabaseError(
                .migration, sqlState: error.sqlState, message: "\(migration.file) failed: \(error.message)")
        }
    }

    private func appliedChecksums(_ connection: PostgresConnection) async throws -> [Int: String] {
        var result: [Int: String] = [:]
        for row in try await connection.query("SELECT version, checksum FROM schema_migrations") {
            let (version, checksum) = try row.decode(Int.self, String.self)
            result[version] = checksum
        }
        return result
    }

    /// SHA-256 of each file, reckoned by the server.
    private func checksums(of migrations: [Migration], _ connection: PostgresConnection) async throws -> [String] {
        let rows = try await connection.query(
            """
            SELECT encode(sha256(convert_to(sql, 'UTF8')), 'hex')
            FROM unnest($1::text[]) WITH ORDINALITY AS file(sql, position) ORDER BY position
            """, [migrations.map(\.sql)])
        return try rows.map { try $0.decode(0) }
    }

    private static func ordered(_ migrations: [Migration]) throws -> [Migration] {
        let ordered = migrations.sorted { $0.version < $1.version }
        for (index, migration) in ordered.enumerated() where migration.version != index + 1 {
            throw DatabaseError(
                .migration, message: "\(migration.file) stands where version \(index + 1) is expected")
        }
        return ordered
    }

    private static func verify(_ migrations: [Migration], _ checksums: [String], _ applied: [Int: String]) throws {
        let newest = applied.keys.max() ?? 0
        for (migration, checksum) in zip(migrations, checksums) {
            switch applied[migration.version] {
            case checksum?: continue
            case nil where migration.version > newest: continue
            case nil:
                throw DatabaseError(
                    .migration, message: "\(migration.file) has not been applied, but version \(newest) has")
            case .some:
                throw DatabaseError(
                    .migration,
                    message: "\(migration.file) was changed after it had been applied; add a new file instead")
            }
        }
    }
}
