/// Finds credentials in a text in one pass over its bytes.
struct TextScrubber {
    private let text: [UInt8]
    private var result: [UInt8] = []
    private var copied = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    mutating func scrubbed() -> String {
        for index in text.indices where index >= copied {
            switch text[index] {
            case UInt8(ascii: "="):
                if Redaction.isSecret(key: name(before: index)) { hide(from: index + 1, until: Self.endsParameter) }
            case UInt8(ascii: "@"):
                if let colon = passwordStart(before: index) { hide(from: colon + 1, to: lastAt(from: index)) }
            case UInt8(ascii: " "):
                if word(before: index) == "bearer" { hide(from: index + 1, until: Self.endsToken) }
            default: break
            }
        }
        guard copied > 0 else { return String(decoding: text, as: UTF8.self) }
        result.append(contentsOf: text[copied...])
        return String(decoding: result, as: UTF8.self)
    }

    private mutating func hide(from start: Int, until ends: (UInt8) -> Bool) {
        hide(from: start, to: text[start...].firstIndex(where: ends) ?? text.endIndex)
    }

    private mutating func hide(from start: Int, to end: Int) {
        guard start < end, start >= copied else { return }
        result.append(contentsOf: text[copied..<start])
        result.append(contentsOf: Redaction.placeholder.utf8)
        copied = end
    }

    /// The parameter's name before an equals sign, at most 40 bytes of it.
    private func name(before index: Int) -> String {
        let name = text[max(0, index - 40)..<index].reversed().prefix { Self.isWord($0) || $0 == UInt8(ascii: ".") }
        return String(decoding: name.reversed(), as: UTF8.self)
    }

    private func word(before index: Int) -> String {
        let word = text[max(0, index - 7)..<index].reversed().prefix(while: Self.isWord)
        return String(decoding: word.reversed(), as: UTF8.self).lowercased()
    }

    /// The colon before the password in `scheme://user:password@`.
    private func passwordStart(before at: Int) -> Int? {
        var colon: Int?
        var index = at - 1
        let first = max(copied, at - 512)
        while index >= first {
            switch text[index] {
            case UInt8(ascii: ":"):
                let isScheme = index + 2 < at && text[index + 1] == 0x2F && text[index + 2] == 0x2F
                if isScheme { return colon }
                colon = index
            case UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "\n"): return nil
            default: break
            }
            index -= 1
        }
        return nil
    }

    /// The last at sign of a URL's authority; a password may hold others, though it should not.
    private func lastAt(from at: Int) -> Int {
        let authority = text[at...].prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\"") }
        return authority.lastIndex(of: UInt8(ascii: "@")) ?? at
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func endsParameter(_ byte: UInt8) -> Bool { endsToken(byte) || byte == UInt8(ascii: "&") }

    private static func endsToken(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: ",")
            || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ")")
    }
}
