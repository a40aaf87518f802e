/// Bytes in JSON: strings in base64 (RFC 4648 §4, padded).
extension JSONValue {
    package init(bytes: [UInt8]) {
        let length = (bytes.count + 2) / 3 * 4
        let text = String(unsafeUninitializedCapacity: length) { text in
            let whole = bytes.count / 3
            for index in 0..<whole {
                let (from, to) = (index * 3, index * 4)
                let group = UInt32(bytes[from]) << 16 | UInt32(bytes[from + 1]) << 8 | UInt32(bytes[from + 2])
                text[to] = Base64.digit(group >> 18)
                text[to + 1] = Base64.digit(group >> 12)
                text[to + 2] = Base64.digit(group >> 6)
                text[to + 3] = Base64.digit(group)
            }
            let rest = bytes.count - whole * 3
            guard rest > 0 else { return length }
            let group = UInt32(bytes[whole * 3]) << 16 | (rest == 2 ? UInt32(bytes[whole * 3 + 1]) << 8 : 0)
            text[length - 4] = Base64.digit(group >> 18)
            text[length - 3] = Base64.digit(group >> 12)
            text[length - 2] = rest == 2 ? Base64.digit(group >> 6) : Base64.padding
            text[length - 1] = Base64.padding
            return length
        }
        self = .string(text)
    }
}

private enum Base64 {
    static let padding = UInt8(ascii: "=")

    /// The digit of the low six bits.
    static func digit(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 63)
        return switch value {
        case 0..<26: value + 0x41
        case 26..<52: value - 26 + 0x61
        case 52..<62: value - 52 + 0x30
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}

extension JSONReader {
    /// Bytes written in base64; their number must lie in `count`.
    package func bytes(_ count: ClosedRange<Int>) -> [UInt8]? {
        guard case .string(let text) = value else { return fault("must be a base64 string, is \(value.kind)") }
        guard text.utf8.count <= (count.upperBound + 2) / 3 * 4 else {
            return fault("must be at most \(count.upperBound) bytes in base64")
        }
        guard let bytes = Self.decodeBase64(Array(text.utf8)) else { return fault("must be padded base64") }
        guard count.contains(bytes.count) else {
            return fault("must be \(count.lowerBound) to \(count.upperBound) bytes in base64, is \(bytes.count)")
        }
        return bytes
    }

    private static func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var filled = 0
        for byte in text.dropLast(padding) {
            let digit: UInt32
            switch byte {
            case 0x41...0x5A: digit = UInt32(byte) - 0x41
            case 0x61...0x7A: digit = UInt32(byte) - 0x61 + 26
            case 0x30...0x39: digit = UInt32(byte) - 0x30 + 52
            case 0x2B: digit = 62
            case 0x2F: digit = 63
            default: return nil
            }
            group = group << 6 | digit
            filled += 1
            if filled == 4 {
                result.append(UInt8(truncatingIfNeeded: group >> 16))
                result.append(UInt8(truncatingIfNeeded: group >> 8))
                result.append(UInt8(truncatingIfNeeded: group))
                group = 0
                filled = 0
            }
        }
        switch filled {
        case 0: return result
        case 2 where group & 0xF == 0: return result + [UInt8(truncatingIfNeeded: group >> 4)]
        case 3 where group & 0x3 == 0:
            return result + [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
        default: return nil
        }
    }
}
