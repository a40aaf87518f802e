import Logging
import Support
import Testing

@testable import Database

@Suite struct MigratorTests {
    private static let first = Migration(
        version: 1, name: "first",
        sql: "CREATE TABLE a (id int8);\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;")
    private static let second = Migration(version: 2, name: "second", sql: "INSERT INTO a VALUES (f())")

    private func apply(_ migrations: [Migration], _ url: String) async throws -> [Int] {
        try await Migrator(PostgresConfiguration.patient(url), logger: .quiet).apply(migrations).map(\.version)
    }

    @discardableResult
    private func psql(_ url: String, _ sql: String) async throws -> String {
        try await PostgresFixture.offPool { try PostgresServer.psql(url, sql) }
    }

    @Test func eachIsAppliedOnceInOrder() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            #expect(try await apply([Self.first], url) == [1])
            #expect(try await apply([Self.second, Self.first], url) == [2])
            #expect(try await apply([Self.first, Self.second], url) == [])
            let rows = try await psql(url, "SELECT version, name FROM schema_migrations ORDER BY version")
            #expect(rows == "1|first\n2|second\n")
        }
    }

    @Test func manyAtOnceApplyEachOnce() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<5 { group.addTask { try await apply([Self.first, Self.second], url) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == [1, 2])
            #expect(try await psql(url, "SELECT count(*) FROM a") == "1\n")
        }
    }

    @Test func aChangedFileIsAnErrorThatNamesIt() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            _ = try await apply([Self.first], url)
            var changed = Self.first
            changed.sql += " "
            let error = await databaseError { _ = try await apply([changed, Self.second], url) }
            #expect(error?.reason == .migration)
            #expect(error?.message == "0001_first.sql was changed after it had been applied; add a new file instead")
            #expect(try await psql(url, "SELECT count(*) FROM a") == "0\n")
        }
    }

    @Test func aFailingFileLeavesNothingBehind() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            let broken = Migration(version: 2, name: "broken", sql: "CREATE TABLE b (id int8); SELECT 1/0;")
            let error = await databaseError { _ = try await apply([Self.first, broken], url) }
            #expect(error?.reason == .migration)
            #expect(error?.sqlState == SQLState("22012"))
            #expect(error?.message.hasPrefix("0002_broken.sql failed") == true)
            let left = try await psql(
                url, "SELECT to_regclass('b') IS NULL, (SELECT count(*) FROM schema_migrations)")
            #expect(left == "t|1\n")
            #expect(try await apply([Self.first, Self.second], url) == [2])
        }
    }

    @Test func gapsAndLateComersAreErrors() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            let third = Migration(version: 3, name: "third", sql: "SELECT 1")
            let gap = await databaseError { _ = try await apply([Self.first, third], url) }
            #expect(gap?.reason == .migration)
            _ = try await apply([Self.first, Self.second], url)
            try await psql(url, "DELETE FROM schema_migrations WHERE version = 1")
            let late = await databaseError { _ = try await apply([Self.first, Self.second], url) }
            #expect(late?.message == "0001_first.sql has not been applied, but version 2 has")
        }
    }

    @Test func anOlderProgramRunsOnANewerSchema() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            _ = try await apply([Self.first, Self.second], url)
            #expect(try await apply([Self.first], url) == [])
        }
    }

    @Test func namesOfFilesAreStrict() {
        #expect(Migration(file: "0001_spine.sql", sql: "")?.file == "0001_spine.sql")
        for file in [
            "1_a.sql", "0001-a.sql", "0001_A.sql", "0001_a.sql.bak", "0001_.sql", "x0001_a.sql", "0001_a'b.sql",
        ] {
            #expect(Migration(file: file, sql: "") == nil, "\(file)")
        }
    }
}
