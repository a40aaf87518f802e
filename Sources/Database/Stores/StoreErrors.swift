package import Domain

extension DependencyError {
    /// What an error of the database means to the application.
    package init(_ error: DatabaseError) {
        switch error.reason {
        // A server that does not answer in time is as good as none.
        case _ where error.isUnavailable || error.reason == .statementTimeout: self = .unavailable("\(error)")
        default: self = .rejected("\(error)")
        }
    }
}

/// Runs a store's work: errors of the database become ``DependencyError``, others pass.
///
/// A transaction that loses against another one is run again a few times.
func storing<T>(_ body: () async throws -> T) async throws -> T {
    var attempt = 1
    while true {
        do {
            return try await body()
        } catch let error as DatabaseError {
            guard error.isRetryable, attempt < 5 else { throw DependencyError(error) }
            attempt += 1
        }
    }
}

extension PageRequest {
    /// Limits beyond the contract's are cut, not trusted.
    var boundedLimit: Int { min(max(limit, 1), 200) }
}

/// The cursors of lists: `kind.field.field…`; opaque to everybody else.
enum Cursor {
    static func make(_ kind: String, _ fields: String...) -> String { ([kind] + fields).joined(separator: ".") }

    /// The fields of a cursor of this kind; nil without a cursor.
    ///
    /// - Throws: ``PageRequest/BadCursor``.
    static func read(_ cursor: String?, _ kind: String, fields count: Int) throws -> [String]? {
        guard let cursor else { return nil }
        let parts = cursor.split(separator: ".", maxSplits: count, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == count + 1, parts[0] == kind, !cursor.utf8.contains(0) else {
            throw PageRequest.BadCursor()
        }
        return Array(parts.dropFirst())
    }

    static func readNumbers(_ cursor: String?, _ kind: String, fields count: Int) throws -> [Int64]? {
        try read(cursor, kind, fields: count)?.map { field in
            guard let number = Int64(field) else { throw PageRequest.BadCursor() }
            return number
        }
    }
}

extension Page {
    /// A page out of one row more than it holds, which tells whether another follows.
    init(_ rows: PostgresRows, limit: Int, _ read: (PostgresRow) throws -> Item, cursor: (Item) -> String) throws {
        let items = try rows.prefix(limit).map(read)
        self.init(items: items, nextCursor: rows.count > limit ? items.last.map(cursor) : nil)
    }
}
