import Foundation
import Testing

@testable import Database

@Suite struct EmbeddedMigrationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let target = root.appendingPathComponent("Sources/Database/Migrations/Migration+Embedded.swift")

    /// The program carries exactly what `Schemas/sql` holds. `METACHAT_UPDATE_SCHEMAS=1` writes it anew.
    @Test func theProgramCarriesTheFiles() throws {
        let folder = Self.root.appendingPathComponent("Schemas/sql")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        #expect(!files.isEmpty)
        let migrations = try files.sorted().map { file in
            let sql = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            return try #require(Migration(file: file, sql: sql), "\(file) is not named NNNN_name.sql")
        }
        if ProcessInfo.processInfo.environment["METACHAT_UPDATE_SCHEMAS"] == "1" {
            try Self.source(migrations).write(to: Self.target, atomically: true, encoding: .utf8)
        } else {
            #expect(
                migrations == Migration.embedded,
                "run METACHAT_UPDATE_SCHEMAS=1 swift test --filter EmbeddedMigrationTests")
        }
    }

    private static func source(_ migrations: [Migration]) -> String {
        var text = """
            // swift-format-ignore-file
            // Written from Schemas/sql by EmbeddedMigrationTests with METACHAT_UPDATE_SCHEMAS=1; not edited by hand.

            extension Migration {
                /// The files of `Schemas/sql`, so that the program needs none of them where it runs.
                package static let embedded: [Migration] = [

            """
        for migration in migrations {
            text += "Migration(version: \(migration.version), name: \"\(migration.name)\", sql: ####\"\"\"\n"
            // The line break before the closing quotes does not count as text.
            text += migration.sql + "\n\"\"\"####),\n"
        }
        return text + "    ]\n}\n"
    }
}
