/// Base 64 (RFC 4648), read strictly: no white space, the padding that belongs there, no stray bits.
package enum Base64 {
    /// The standard alphabet, padded.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        encode(bytes, standard, padded: true)
    }

    /// The URL alphabet, without padding.
    package static func encodeForURL(_ bytes: some Collection<UInt8>) -> String {
        encode(bytes, url, padded: false)
    }

    /// Reads the standard alphabet with its padding.
    ///
    /// - Returns: nil for anything that ``encode(_:)`` would not have written.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8(decode)
    }

    private static let padding = UInt8(ascii: "=")
    private static let standard: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let url: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    private static func encode(_ bytes: some Collection<UInt8>, _ alphabet: StaticString, padded: Bool) -> String {
        bytes.withContiguousStorageIfAvailable { encode($0, alphabet, padded: padded) }
            ?? Array(bytes).withUnsafeBufferPointer { encode($0, alphabet, padded: padded) }
    }

    private static func encode(
        _ bytes: UnsafeBufferPointer<UInt8>, _ alphabet: StaticString, padded: Bool
    ) -> String {
        let (whole, rest) = bytes.count.quotientAndRemainder(dividingBy: 3)
        let length = whole * 4 + (rest == 0 ? 0 : padded ? 4 : rest + 1)
        let digits = alphabet.utf8Start
        return String(unsafeUninitializedCapacity: length) { text in
            for index in 0..<whole {
                let (from, to) = (index * 3, index * 4)
                let group = Int(bytes[from]) << 16 | Int(bytes[from + 1]) << 8 | Int(bytes[from + 2])
                text[to] = digits[group >> 18]
                text[to + 1] = digits[group >> 12 & 63]
                text[to + 2] = digits[group >> 6 & 63]
                text[to + 3] = digits[group & 63]
            }
            guard rest > 0 else { return length }
            let (from, to) = (whole * 3, whole * 4)
            let group = Int(bytes[from]) << 16 | (rest == 2 ? Int(bytes[from + 1]) << 8 : 0)
            text[to] = digits[group >> 18]
            text[to + 1] = digits[group >> 12 & 63]
            if rest == 2 { text[to + 2] = digits[group >> 6 & 63] }
            for index in to + rest + 1..<length { text[index] = padding }
            return length
        }
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        let digits = text.count - text.suffix(2).reversed().prefix { $0 == padding }.count
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var pending: UInt32 = 0
        for index in 0..<digits {
            guard let value = value(text[index]) else { return nil }
            group = group << 6 | UInt32(value)
            pending += 6
            if pending == 24 {
                result.append(UInt8(truncatingIfNeeded: group >> 16))
                result.append(UInt8(truncatingIfNeeded: group >> 8))
                result.append(UInt8(truncatingIfNeeded: group))
                pending = 0
            }
        }
        while pending >= 8 {
            pending -= 8
            result.append(UInt8(truncatingIfNeeded: group >> pending))
        }
        return group & ((1 << pending) - 1) == 0 ? result : nil
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x41...0x5A: digit - 0x41
        case 0x61...0x7A: digit - 0x61 + 26
        case 0x30...0x39: digit - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
