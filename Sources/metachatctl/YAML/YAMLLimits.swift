/// How much of a YAML text is read at all. A short text can stand for a huge value through aliases, and deep nesting
/// costs stack.
enum YAMLLimits {
    static let maxBytes = 4 << 20
    /// Values in all documents of a file, aliases opened.
    static let maxValues = 200_000
    static let maxDepth = 64
    /// With so few, no chain of aliases to aliases grows beyond two thousand values while the text is parsed.
    static let maxAliases = 20

    /// How often names that are anchors (`&name`) somewhere in the text stand behind a `*`: at least the aliases.
    static func aliases(in text: String) -> Int {
        let bytes = Array(text.utf8)
        func isName(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x5F || byte == 0x2D
        }
        func names(after sign: UInt8) -> [String] {
            bytes.indices.filter { bytes[$0] == sign }.compactMap { index in
                let name = bytes[(index + 1)...].prefix(while: isName)
                return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
            }
        }
        let anchors = Set(names(after: UInt8(ascii: "&")))
        return anchors.isEmpty ? 0 : names(after: UInt8(ascii: "*")).count(where: anchors.contains)
    }
}
