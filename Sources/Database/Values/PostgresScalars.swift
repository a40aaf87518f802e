extension Bool: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .bool }
    package var postgresValue: PostgresValue { PostgresValue(.bool, [self ? 1 : 0]) }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Bool {
        guard cell.type == .bool else { throw cell.mismatch(Bool.self) }
        return try cell.integer(UInt8.self) != 0
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int8 }
    package var postgresValue: PostgresValue { PostgresValue(.int8, networkBytes) }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Int64 {
        switch cell.type {
        case .int8: try cell.integer(Int64.self)
        case .int4: Int64(try cell.integer(Int32.self))
        case .int2: Int64(try cell.integer(Int16.self))
        default: throw cell.mismatch(Int64.self)
        }
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int8 }
    package var postgresValue: PostgresValue { Int64(self).postgresValue }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Int {
        Int(try Int64.decode(cell))
    }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int4 }
    package var postgresValue: PostgresValue { PostgresValue(.int4, networkBytes) }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Int32 {
        switch cell.type {
        case .int4: try cell.integer(Int32.self)
        case .int2: Int32(try cell.integer(Int16.self))
        default: throw cell.mismatch(Int32.self)
        }
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .float8 }
    package var postgresValue: PostgresValue { PostgresValue(.float8, bitPattern.networkBytes) }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Double {
        switch cell.type {
        case .float8: Double(bitPattern: try cell.integer(UInt64.self))
        case .float4: Double(Float(bitPattern: try cell.integer(UInt32.self)))
        default: throw cell.mismatch(Double.self)
        }
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .text }
    package var postgresValue: PostgresValue { PostgresValue(.text, Array(utf8)) }

    /// Reads text types, the text of `json` and `jsonb`, and the usual text form of `uuid`.
    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> String {
        if cell.type.isText { return String(decoding: try cell.value(), as: UTF8.self) }
        switch cell.type {
        case .jsonb: return try PostgresJSON.decode(cell).text
        case .uuid: return try PostgresUUID.decode(cell).description
        default: throw cell.mismatch(String.self)
        }
    }
}

extension Substring: PostgresEncodable {
    package static var postgresType: PostgresType { .text }
    package var postgresValue: PostgresValue { PostgresValue(.text, Array(utf8)) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package var postgresValue: PostgresValue { self?.postgresValue ?? .null(Wrapped.postgresType) }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Wrapped? {
        guard cell.bytes != nil else { return nil }
        return try Wrapped.decode(cell)
    }
}
