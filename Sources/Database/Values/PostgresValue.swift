/// One parameter in PostgreSQL's binary form.
///
/// Binary carries any bytes: a text with a NUL in it is refused by the server (22021) and not cut off silently.
package struct PostgresValue: Sendable, Hashable {
    package var type: PostgresType
    /// Nil is SQL's NULL.
    package var bytes: [UInt8]?

    package init(_ type: PostgresType, _ bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }

    package static func null(_ type: PostgresType) -> PostgresValue { PostgresValue(type, nil) }
}

/// What can be a parameter of a statement.
package protocol PostgresEncodable: Sendable {
    static var postgresType: PostgresType { get }
    var postgresValue: PostgresValue { get }
}

/// What can be read from a column.
package protocol PostgresDecodable: Sendable {
    static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Self
}

/// One field of a row, as it came from the server; valid only while its row is being read.
package struct PostgresCell: ~Copyable {
    /// Says what is wrong; the row adds which column.
    package struct Fault: Error {
        package var message: String
        package init(_ message: String) { self.message = message }
    }

    package let type: PostgresType
    /// Nil is SQL's NULL.
    package let bytes: UnsafeRawBufferPointer?

    package init(type: PostgresType, bytes: UnsafeRawBufferPointer?) {
        self.type = type
        self.bytes = bytes
    }

    /// The bytes of a field that must not be NULL.
    package func value() throws(Fault) -> UnsafeRawBufferPointer {
        guard let bytes else { throw Fault("is NULL") }
        return bytes
    }

    package func mismatch<T>(_ wanted: T.Type) -> Fault { Fault("is \(type), not readable as \(wanted)") }

    /// A big-endian integer that fills the field.
    func integer<T: FixedWidthInteger>(_: T.Type) throws(Fault) -> T {
        let bytes = try value()
        guard bytes.count == MemoryLayout<T>.size else { throw Fault("has \(bytes.count) bytes as \(type)") }
        return T(bigEndian: bytes.loadUnaligned(as: T.self))
    }
}

extension FixedWidthInteger {
    /// The bytes in network order.
    var networkBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
