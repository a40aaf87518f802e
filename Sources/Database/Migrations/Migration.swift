/// One step of the schema: a file `NNNN_name.sql` in `Schemas/sql`.
///
/// Runs in one transaction, so the file holds no BEGIN or COMMIT of its own.
package struct Migration: Sendable, Hashable {
    /// Counted from 1 without gaps.
    package var version: Int
    package var name: String
    package var sql: String

    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    /// The file's name.
    package var file: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name + ".sql"
    }

    /// Reads version and name from a file's name; nil where it is not one of a migration.
    package init?(file: String, sql: String) {
        guard let match = file.wholeMatch(of: #/([0-9]{4})_([a-z0-9_]+)\.sql/#), let version = Int(match.1) else {
            return nil
        }
        self.init(version: version, name: String(match.2), sql: sql)
    }
}
