/// Base 64 (RFC 4648), read strictly: no white space, the padding that belongs there, no stray bits.
package enum Base64 {
    /// The standard alphabet, padded.
    package static func encode(_ bytes: some Collection<UInt8>) -> String { encode(bytes, standard, padded: true) }

    /// The URL alphabet, without padding.
    package static func encodeForURL(_ bytes: some Collection<UInt8>) -> String { encode(bytes, url, padded: false) }

    /// Reads the standard alphabet with its padding.
    ///
    /// - Returns: nil for anything that ``encode(_:)`` would not have written.
    package static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        var bits: UInt32 = 0
        var pending = 0
        for character in characters.dropLast(padding) {
            guard let value = value(character) else { return nil }
            bits = bits << 6 | UInt32(value)
            pending += 6
            if pending >= 8 {
                pending -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(pending)))
            }
        }
        return bits & ((1 << UInt32(pending)) - 1) == 0 ? bytes : nil
    }

    private static let standard: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let url: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    private static func encode(_ bytes: some Collection<UInt8>, _ alphabet: StaticString, padded: Bool) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { buffer in
            var index = 0
            var bits: UInt32 = 0
            var pending = 0
            func write(_ character: UInt8) {
                buffer[index] = character
                index += 1
            }
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                pending += 8
                while pending >= 6 {
                    pending -= 6
                    write(alphabet.utf8Start[Int(bits >> UInt32(pending) & 0x3F)])
                }
            }
            if pending > 0 { write(alphabet.utf8Start[Int(bits << UInt32(6 - pending) & 0x3F)]) }
            while padded && !index.isMultiple(of: 4) { write(UInt8(ascii: "=")) }
            return index
        }
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5A: character - 0x41
        case 0x61...0x7A: character - 0x61 + 26
        case 0x30...0x39: character - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
