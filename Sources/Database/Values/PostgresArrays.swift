/// What an array parameter or column may hold. `[UInt8]` is `bytea`, every other array a one-dimensional SQL array.
package protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
    static var postgresArrayType: PostgresType { get }
    static func encode(array: [Self]) -> PostgresValue
    static func decodeArray(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> [Self]
}

extension PostgresArrayElement {
    /// The binary form of `array_send`: dimensions, flags, element type, length, lower bound, then each element.
    package static func encode(array: [Self]) -> PostgresValue {
        guard !array.isEmpty else {
            return PostgresValue(
                postgresArrayType, Int32(0).networkBytes + Int32(0).networkBytes + postgresType.oid.networkBytes
            )
        }
        let values = array.map(\.postgresValue)
        var bytes = Int32(1).networkBytes
        bytes += Int32(values.contains { $0.bytes == nil } ? 1 : 0).networkBytes
        bytes += postgresType.oid.networkBytes
        bytes += Int32(array.count).networkBytes
        bytes += Int32(1).networkBytes
        for value in values {
            guard let element = value.bytes else {
                bytes += Int32(-1).networkBytes
                continue
            }
            bytes += Int32(element.count).networkBytes
            bytes += element
        }
        return PostgresValue(postgresArrayType, bytes)
    }

    package static func decodeArray(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> [Self] {
        guard cell.type == postgresArrayType else { throw cell.mismatch([Self].self) }
        var bytes = try cell.value()[...]
        let dimensions = try bytes.takeInt32()
        _ = try bytes.takeInt32()
        let element = PostgresType(oid: UInt32(bitPattern: try bytes.takeInt32()))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else { throw PostgresCell.Fault("has \(dimensions) dimensions") }
        let count = try bytes.takeInt32()
        _ = try bytes.takeInt32()
        // Each element has at least its length, so a lying count cannot make us reserve more than came.
        guard count >= 0, Int(count) <= bytes.count / 4 else { throw PostgresCell.Fault("is a damaged array") }
        var result: [Self] = []
        result.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length = try bytes.takeInt32()
            guard length >= 0 else {
                result.append(try Self.decode(PostgresCell(type: element, bytes: nil)))
                continue
            }
            guard Int(length) <= bytes.count else { throw PostgresCell.Fault("is a damaged array") }
            let field = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(length)))
            result.append(try Self.decode(PostgresCell(type: element, bytes: field)))
            bytes = bytes.dropFirst(Int(length))
        }
        return result
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate mutating func takeInt32() throws(PostgresCell.Fault) -> Int32 {
        guard count >= 4 else { throw PostgresCell.Fault("is a damaged array") }
        let value = Int32(bigEndian: UnsafeRawBufferPointer(rebasing: prefix(4)).loadUnaligned(as: Int32.self))
        self = dropFirst(4)
        return value
    }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package var postgresValue: PostgresValue { Element.encode(array: self) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> [Element] {
        try Element.decodeArray(cell)
    }
}

extension String: PostgresArrayElement { package static var postgresArrayType: PostgresType { .textArray } }
extension Int64: PostgresArrayElement { package static var postgresArrayType: PostgresType { .int8Array } }
extension Int: PostgresArrayElement { package static var postgresArrayType: PostgresType { .int8Array } }
extension Int32: PostgresArrayElement { package static var postgresArrayType: PostgresType { .int4Array } }
extension Double: PostgresArrayElement { package static var postgresArrayType: PostgresType { .float8Array } }
extension Bool: PostgresArrayElement { package static var postgresArrayType: PostgresType { .boolArray } }
extension PostgresUUID: PostgresArrayElement { package static var postgresArrayType: PostgresType { .uuidArray } }
extension PostgresJSON: PostgresArrayElement { package static var postgresArrayType: PostgresType { .jsonbArray } }
extension PostgresTimestamp: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .timestamptzArray }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

/// Bytes: `bytea`, not an SQL array.
extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }
    package static func encode(array: [UInt8]) -> PostgresValue { PostgresValue(.bytea, array) }
    package static func decodeArray(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> [UInt8] {
        guard cell.type == .bytea else { throw cell.mismatch([UInt8].self) }
        return Array(try cell.value())
    }

    /// A single byte is an `int2`.
    package static var postgresType: PostgresType { .int2 }
    package var postgresValue: PostgresValue { PostgresValue(.int2, Int16(self).networkBytes) }
    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> UInt8 {
        guard let value = UInt8(exactly: try Int64.decode(cell)) else { throw cell.mismatch(UInt8.self) }
        return value
    }
}
