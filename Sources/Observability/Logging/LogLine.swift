import Logging

/// The bytes of one line while it is written.
struct LogLine {
    private(set) var bytes: [UInt8] = []

    /// Longest text that a line repeats, in Unicode scalars; the rest is cut.
    static let longest = 8192
    /// How deep nested metadata is shown.
    private static let deepest = 8

    init() { bytes.reserveCapacity(256) }

    /// A text without credentials; cut first, for finding them costs time.
    static func scrubbed(_ text: String) -> String {
        guard text.utf8.count > longest else { return Redaction.scrub(text) }
        let start = text.unicodeScalars.prefix(longest)
        return Redaction.scrub(start.endIndex == text.endIndex ? text : String(start) + "…")
    }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A JSON string.
    mutating func append(quoted text: String) {
        append("\"")
        append(escaping: text) { $0 == "\"" || $0 == "\\" }
        append("\"")
    }

    /// A text for people, on one line and without terminal commands.
    mutating func append(readable text: String) { append(escaping: text) { _ in false } }

    mutating func append(json value: Logger.MetadataValue, under key: String, depth: Int = 0) {
        switch value {
        case _ where Redaction.isSecret(key: key): append(quoted: Redaction.placeholder)
        case .string(let text): append(quoted: Self.scrubbed(text))
        case .stringConvertible(let value as any FixedWidthInteger & Sendable): append(value.description)
        case .stringConvertible(let value as Bool): append(value.description)
        case .stringConvertible(let value): append(quoted: Self.scrubbed(value.description))
        case _ where depth >= Self.deepest: append("\"…\"")
        case .array(let values):
            append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { append(",") }
                append(json: value, under: key, depth: depth + 1)
            }
            append("]")
        case .dictionary(let members):
            append("{")
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { append(",") }
                append(quoted: member.key)
                append(":")
                append(json: member.value, under: member.key, depth: depth + 1)
            }
            append("}")
        }
    }

    mutating func append(text value: Logger.MetadataValue, under key: String) {
        switch value {
        case _ where Redaction.isSecret(key: key): append(Redaction.placeholder)
        case .string(let text): append(word: text)
        case .stringConvertible(let value): append(word: value.description)
        case .array, .dictionary: append(json: value, under: key)
        }
    }

    /// A word stands as it is; what holds spaces or quotes is quoted.
    private mutating func append(word text: String) {
        let text = Self.scrubbed(text)
        let plain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
        if plain { append(readable: text) } else { append(quoted: text) }
    }

    private mutating func append(escaping text: String, _ special: (Unicode.Scalar) -> Bool) {
        // One more for the sign of a cut that was made before.
        var left = Self.longest + 1
        for scalar in text.unicodeScalars {
            guard left > 0 else {
                append("…")
                return
            }
            left -= 1
            switch scalar {
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case _ where special(scalar):
                append("\\")
                UTF8.encode(scalar).map { bytes.append(contentsOf: $0) }
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{202A}"..."\u{202E}",
                "\u{2066}"..."\u{2069}":
                // Control characters, and those that turn the direction of what follows.
                let digits = String(scalar.value, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            default: UTF8.encode(scalar).map { bytes.append(contentsOf: $0) }
            }
        }
    }
}
