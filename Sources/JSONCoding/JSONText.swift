/// A JSON value as the text that a peer wrote, without white space: order of members and form of numbers are kept, and
/// whoever passes it on makes no values of it. Always valid.
package struct JSONText: Sendable, Hashable {
    /// Compact, in UTF-8.
    package let bytes: [UInt8]

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: ``JSONParseError`` for whatever the text breaks, limits first.
    package init(parsing text: some Collection<UInt8>, limits: JSONLimits = .standard) throws(JSONParseError) {
        let text = [UInt8](text)
        _ = try JSONDocument(parsing: text, limits: limits)
        bytes = Self.compact(text)
    }

    /// - Precondition: every number is finite.
    package init(_ value: JSONValue) { bytes = value.serialized() }

    /// What the text says. Parsed in each call.
    package var value: JSONValue {
        get throws(JSONParseError) { try JSONValue.parse(bytes, limits: Self.unlimited) }
    }

    /// The elements of an array, in order; nil for any other value.
    package var elements: [JSONText]? {
        guard bytes.first == UInt8(ascii: "[") else { return nil }
        var elements: [JSONText] = []
        var start = 1
        while start < bytes.count - 1 {
            let end = endOfElement(from: start)
            elements.append(JSONText(unchecked: Array(bytes[start..<end])))
            start = end + 1
        }
        return elements
    }

    /// The first element of an array, and an array of the others; nil where there is no first.
    package var splitFirst: (first: JSONText, rest: JSONText)? {
        guard bytes.count > 2, bytes.first == UInt8(ascii: "[") else { return nil }
        let end = endOfElement(from: 1)
        let rest = bytes[end] == UInt8(ascii: ",") ? bytes[(end + 1)...] : bytes[end...]
        return (JSONText(unchecked: Array(bytes[1..<end])), JSONText(unchecked: [UInt8(ascii: "[")] + rest))
    }

    /// The offset of the comma or bracket behind an element of the array.
    private func endOfElement(from start: Int) -> Int {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index = Self.endOfString(in: bytes, from: index)
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ","): if depth == 0 { return index }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return index }
                depth -= 1
            default: break
            }
            index += 1
        }
        return index
    }

    /// An array of these elements.
    package init(array elements: some Sequence<JSONText>) {
        var bytes = [UInt8(ascii: "[")]
        for (number, element) in elements.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += element.bytes
        }
        bytes.append(UInt8(ascii: "]"))
        self.bytes = bytes
    }

    /// It was within somebody's limits when it was read.
    private static let unlimited = JSONLimits(maxBytes: .max, maxDepth: 512, maxValues: .max)

    /// - Precondition: the text is valid.
    private static func compact(_ text: [UInt8]) -> [UInt8] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
        guard text.contains(where: isSpace) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "\"") {
                let end = endOfString(in: text, from: index)
                result += text[index..<end]
                index = end
            } else {
                if !isSpace(text[index]) { result.append(text[index]) }
                index += 1
            }
        }
        return result
    }

    private static func endOfString(in text: [UInt8], from start: Int) -> Int {
        text.withUnsafeBytes { JSONShape.endOfString(in: $0, from: start) }
    }
}
