/// The text of a `jsonb` or `json` value.
package struct PostgresJSON: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
    /// JSON (RFC 8259) as UTF-8 text.
    package var text: String

    package init(text: String) { self.text = text }

    package static var postgresType: PostgresType { .jsonb }
    /// The version byte of jsonb's binary form, then the text.
    package var postgresValue: PostgresValue { PostgresValue(.jsonb, [1] + Array(text.utf8)) }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> PostgresJSON {
        let bytes = try cell.value()
        switch cell.type {
        case .jsonb:
            guard bytes.first == 1 else { throw PostgresCell.Fault("has an unknown jsonb version") }
            return PostgresJSON(text: String(decoding: bytes.dropFirst(), as: UTF8.self))
        case .json: return PostgresJSON(text: String(decoding: bytes, as: UTF8.self))
        default: throw cell.mismatch(PostgresJSON.self)
        }
    }
}

/// A `uuid`.
package struct PostgresUUID: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the usual form, `8-4-4-4-12` hexadecimal digits in either case; nil for anything else.
    package init?(_ text: String) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            guard digits < 32 else { return nil }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }

    package static var postgresType: PostgresType { .uuid }
    package var postgresValue: PostgresValue { PostgresValue(.uuid, high.networkBytes + low.networkBytes) }

    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> PostgresUUID {
        guard cell.type == .uuid else { throw cell.mismatch(PostgresUUID.self) }
        let bytes = try cell.value()
        guard bytes.count == 16 else { throw PostgresCell.Fault("has \(bytes.count) bytes as uuid") }
        return PostgresUUID(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }
}

extension PostgresUUID: CustomStringConvertible {
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let half = index < 16 ? high : low
            text.append(digits[Int(half >> UInt64(60 - 4 * (index % 16)) & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A `timestamptz` as milliseconds since 1970-01-01T00:00:00Z.
package struct PostgresTimestamp: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// PostgreSQL counts microseconds from 2000-01-01.
    private static let epoch: Int64 = 946_684_800_000
    /// What PostgreSQL can hold, with room to spare: the years -4000 to 290000.
    private static let range: ClosedRange<Int64> = -188_000_000_000_000...9_000_000_000_000_000

    package static var postgresType: PostgresType { .timestamptz }

    /// Times beyond PostgreSQL's range become the nearest bound.
    package var postgresValue: PostgresValue {
        let clamped = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
        return PostgresValue(.timestamptz, ((clamped - Self.epoch) * 1000).networkBytes)
    }

    /// Microseconds are cut off towards the past; `infinity` is a fault.
    package static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> PostgresTimestamp {
        guard cell.type == .timestamptz else { throw cell.mismatch(PostgresTimestamp.self) }
        let microseconds = try cell.integer(Int64.self)
        guard microseconds != .max, microseconds != .min else { throw PostgresCell.Fault("is infinite") }
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        return PostgresTimestamp(milliseconds: (remainder < 0 ? quotient - 1 : quotient) + epoch)
    }
}
