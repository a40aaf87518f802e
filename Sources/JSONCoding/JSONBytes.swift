/// Bytes in JSON: strings in base64 (RFC 4648 §4, padded).
extension JSONValue {
    package init(bytes: some Collection<UInt8>) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var iterator = bytes.makeIterator()
        while let first = iterator.next() {
            let second = iterator.next()
            let third = second == nil ? nil : iterator.next()
            let group = UInt32(first) << 16 | UInt32(second ?? 0) << 8 | UInt32(third ?? 0)
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(second == nil ? UInt8(ascii: "=") : alphabet[Int(group >> 6 & 63)])
            text.append(third == nil ? UInt8(ascii: "=") : alphabet[Int(group & 63)])
        }
        self = .string(String(decoding: text, as: UTF8.self))
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
