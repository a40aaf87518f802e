import ArgumentParser
import Database
import Logging

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's schema up to date.",
        discussion: "Any number of processes may do so at once: one works, the others wait.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let (configuration, logger) = try reportingSettings {
            try log.bootstrap()
            return (try database.configuration(), Logger(label: "metachat.migrate"))
        }
        let applied = try await Migrator(configuration, logger: logger).apply()
        print(
            applied.isEmpty
                ? "The schema is up to date." : applied.map { "applied \($0.file)" }.joined(separator: "\n"))
    }
}
