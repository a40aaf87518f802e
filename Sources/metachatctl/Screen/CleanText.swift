/// Takes from text what would command a terminal: data comes from customers.
enum CleanText {
    /// For one line: line feeds and tabs become spaces, other control characters their pictures (␛), what turns the
    /// direction of writing becomes �.
    static func line(_ text: String) -> String {
        clean(text) { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 || $0 == 0x2028 || $0 == 0x2029 ? " " : nil }
    }

    /// For several lines: line feeds stay.
    static func block(_ text: String) -> String {
        clean(text.replacing("\r\n", with: "\n")) { $0 == 0x0A ? "\n" : $0 == 0x09 ? "    " : nil }
    }

    private static func clean(_ text: String, _ keep: (UInt32) -> String?) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = keep(scalar.value) {
                result += replacement
            } else if let replacement = picture(scalar.value) {
                result.unicodeScalars.append(replacement)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func isDangerous(_ value: UInt32) -> Bool { picture(value) != nil }

    private static func picture(_ value: UInt32) -> Unicode.Scalar? {
        switch value {
        case 0...0x1F: Unicode.Scalar(0x2400 + value)
        case 0x7F: "\u{2421}"
        case 0x80...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB: "\u{FFFD}"
        case 0xE0000...0xE007F: "\u{FFFD}"
        default: nil
        }
    }
}
