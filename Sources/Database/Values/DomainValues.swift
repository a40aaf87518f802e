package import Domain
package import JSONCoding

extension Timestamp: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .timestamptz }
    package static var postgresArrayType: PostgresType { .timestamptzArray }
    package var postgresValue: PostgresValue { PostgresTimestamp(milliseconds: milliseconds).postgresValue }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Timestamp {
        Timestamp(milliseconds: try PostgresTimestamp.decode(cell).milliseconds)
    }
}

extension MessageID: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .uuid }
    package static var postgresArrayType: PostgresType { .uuidArray }
    package var postgresValue: PostgresValue { PostgresUUID(high: high, low: low).postgresValue }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> MessageID {
        let uuid = try PostgresUUID.decode(cell)
        return MessageID(high: uuid.high, low: uuid.low)
    }
}

/// A `json` parameter; reads `json` and `jsonb`.
extension JSONValue: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .json }
    package var postgresValue: PostgresValue { PostgresValue(.json, serialized()) }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> JSONValue {
        var bytes = try cell.value()
        switch cell.type {
        case .json: break
        case .jsonb:
            guard bytes.first == 1 else { throw PostgresCell.Fault("has an unknown jsonb version") }
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        default: throw cell.mismatch(JSONValue.self)
        }
        do throws(JSONParseError) {
            return try JSONValue.parse(bytes, limits: .stored)
        } catch {
            throw PostgresCell.Fault("is not readable JSON: \(error)")
        }
    }
}

extension JSONLimits {
    /// For what we have written ourselves: larger than anything that is let in.
    fileprivate static let stored = JSONLimits(maxBytes: 16 << 20, maxDepth: 128, maxValues: 2_000_000)
}

extension JSONObject: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .json }
    package var postgresValue: PostgresValue { JSONValue.object(self).postgresValue }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> JSONObject {
        guard let object = try JSONValue.decode(cell).object else { throw PostgresCell.Fault("is not a JSON object") }
        return object
    }
}

/// A message as the column `messages.body` holds it: its JSON form without the position, which has a column.
struct MessageBody: PostgresEncodable, PostgresDecodable {
    var message: NormalizedMessage

    init(_ message: NormalizedMessage) { self.message = message }

    static var postgresType: PostgresType { .json }

    var postgresValue: PostgresValue {
        var message = message
        message.position = nil
        return PostgresValue(.json, message.serialized())
    }

    static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> MessageBody {
        let value = try JSONValue.decode(cell)
        do throws(JSONFaults) {
            return MessageBody(try JSONReader.read(value) { NormalizedMessage(reading: $0) })
        } catch {
            throw PostgresCell.Fault("is no message: \(error)")
        }
    }
}

/// A word of the domain that is kept by its raw value.
struct Word<Value: RawRepresentable & Sendable>: PostgresDecodable where Value.RawValue == String {
    var value: Value

    static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> Word<Value> {
        let text = try String.decode(cell)
        guard let value = Value(rawValue: text) else { throw PostgresCell.Fault("is no \(Value.self)") }
        return Word(value: value)
    }
}

extension PostgresRow {
    func word<Value: RawRepresentable & Sendable>(
        _ column: String, as: Value.Type = Value.self
    ) throws(DatabaseError) -> Value where Value.RawValue == String {
        try decode(column, as: Word<Value>.self).value
    }
}

extension String {
    /// As a text column can hold it: PostgreSQL knows no NUL, so the replacement character stands in for it.
    var storable: String { utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self }
}
