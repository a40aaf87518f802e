import CPostgres

/// The rows that one statement gave.
///
/// Values stay in libpq's result and are decoded when read.
package struct PostgresRows: Sendable, RandomAccessCollection {
    let result: PostgresResult

    package var startIndex: Int { 0 }
    package var endIndex: Int { result.count }
    package subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "row index out of range")
        return PostgresRow(result: result, index: position)
    }

    /// How many rows an INSERT, UPDATE, DELETE or SELECT touched.
    package var affected: Int { result.affected }

    /// The only row.
    ///
    /// - Throws: ``DatabaseError`` (`decoding`) where there is none, or more than one.
    package func single() throws(DatabaseError) -> PostgresRow {
        guard count == 1 else { throw DatabaseError(.decoding, message: "expected one row, got \(count)") }
        return self[0]
    }
}

/// One row.
package struct PostgresRow: Sendable {
    fileprivate let result: PostgresResult
    fileprivate let index: Int

    /// The value of the column with this name; an `Optional` type takes NULL.
    ///
    /// - Throws: ``DatabaseError`` (`decoding`) that names the column and what is wrong.
    package func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(DatabaseError) -> T {
        guard let position = result.columns[column] else {
            throw DatabaseError(.decoding, message: "the result has no column \"\(column)\"")
        }
        return try decode(position, as: type)
    }

    /// The value of the column at this index, counted from 0.
    package func decode<T: PostgresDecodable>(_ column: Int, as type: T.Type = T.self) throws(DatabaseError) -> T {
        guard column >= 0, column < result.width else {
            throw DatabaseError(.decoding, message: "the result has \(result.width) columns, none at index \(column)")
        }
        do throws(PostgresCell.Fault) {
            return try result.withCell(row: index, column: column) { cell throws(PostgresCell.Fault) in
                try T.decode(cell)
            }
        } catch {
            throw DatabaseError(.decoding, message: "column \"\(result.name(of: column))\" \(error.message)")
        }
    }

    /// All columns from the left: `let (id, name) = try row.decode(Int64.self, String.self)`.
    package func decode<each T: PostgresDecodable>(_ types: repeat (each T).Type) throws(DatabaseError) -> (
        repeat each T
    ) {
        var column = -1
        func next<U: PostgresDecodable>(_ type: U.Type) throws(DatabaseError) -> U {
            column += 1
            return try decode(column, as: type)
        }
        return (repeat try next(each types))
    }
}

/// Owns a `PGresult`.
///
/// `@unchecked Sendable`: libpq never changes a result after handing it out, every access here only reads, and the
/// one write (`PQclear`) happens when nobody refers to it any more.
final class PostgresResult: @unchecked Sendable {
    private let pointer: OpaquePointer
    let count: Int
    let width: Int
    /// Column names; the first of several with one name wins.
    let columns: [String: Int]

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        count = Int(PQntuples(pointer))
        width = Int(PQnfields(pointer))
        var columns: [String: Int] = [:]
        for column in 0..<width {
            guard let name = PQfname(pointer, Int32(column)) else { continue }
            columns[String(cString: name)] = columns[String(cString: name)] ?? column
        }
        self.columns = columns
    }

    deinit { PQclear(pointer) }

    var affected: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The command that was run: `SELECT 3`, `COMMIT`.
    var tag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

    func name(of column: Int) -> String { PQfname(pointer, Int32(column)).map { String(cString: $0) } ?? "\(column)" }

    func withCell<T>(
        row: Int, column: Int, _ body: (borrowing PostgresCell) throws(PostgresCell.Fault) -> T
    ) throws(PostgresCell.Fault) -> T {
        let (row, column) = (Int32(row), Int32(column))
        // Text format occurs where binary was not asked for; then everything is text.
        let type = PQfformat(pointer, column) == 1 ? PostgresType(oid: PQftype(pointer, column)) : .text
        guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else {
            return try body(PostgresCell(type: type, bytes: nil))
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, column)))
        return try body(PostgresCell(type: type, bytes: bytes))
    }
}
