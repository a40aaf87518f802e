import JSONCoding

/// A YAML value with its place in the file.
struct YAMLTree: Sendable, Hashable {
    indirect enum Content: Sendable, Hashable {
        /// - plain: written without quotes, so that its form decides what it is.
        case scalar(String, plain: Bool)
        case list([YAMLTree])
        case map([Member])
    }

    struct Member: Sendable, Hashable {
        var key: String
        var line: Int
        var value: YAMLTree
    }

    var content: Content
    /// From 1.
    var line: Int
    var column: Int

    var isNull: Bool {
        if case .scalar(let text, plain: true) = content { CoreSchema.value(text).isNull } else { false }
    }

    var members: [Member]? { if case .map(let members) = content { members } else { nil } }

    subscript(_ key: String) -> YAMLTree? { members?.first { $0.key == key }?.value }

    /// The word for this kind of value in messages.
    var kind: String {
        switch content {
        case .scalar(let text, let plain): (plain ? CoreSchema.value(text) : .string(text)).kind
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// The line of what a JSON Pointer names, or of the nearest that is there.
    func line(at pointer: String) -> Int {
        var node = self
        var line = line
        for step in pointer.split(separator: "/", omittingEmptySubsequences: true) {
            let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
            switch node.content {
            case .map(let members):
                guard let member = members.first(where: { $0.key == name }) else { return line }
                node = member.value
                line = member.line
            case .list(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return line }
                node = elements[index]
                line = node.line
            case .scalar: return line
            }
        }
        return line
    }
}

extension YAMLTree {
    /// The value in JSON. Where the schema wants a string, what looks like a number stays the text it is: ids.
    func json(_ shape: SchemaShape, _ schemas: [JSONObject] = []) -> JSONValue {
        switch content {
        case .scalar(let text, plain: false): return .string(text)
        case .scalar(let text, plain: true):
            let value = CoreSchema.value(text)
            switch value {
            case .integer, .number, .bool:
                let known = schemas.map { shape.kinds($0).subtracting([.null]) }
                return !known.isEmpty && known.allSatisfy { $0 == [.string] } ? .string(text) : value
            default: return value
            }
        case .list(let elements):
            let inner = schemas.flatMap { shape.elements(of: $0) }
            return .array(elements.map { $0.json(shape, inner) })
        case .map(let members):
            return .object(
                JSONObject(
                    distinct: members.map { member in
                        let inner = schemas.flatMap { shape.member(member.key, of: $0) }
                        return (member.key, member.value.json(shape, inner))
                    }))
        }
    }
}

/// What plain scalars mean: YAML 1.2's core schema. `yes`, `on` and times of day are text.
enum CoreSchema {
    static func value(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        guard let first = text.utf8.first,
            (0x30...0x39).contains(first) || first == 0x2B || first == 0x2D || first == 0x2E
        else { return .string(text) }
        if text.hasPrefix("0x"), let number = Int64(text.dropFirst(2), radix: 16) { return .integer(number) }
        if text.hasPrefix("0o"), let number = Int64(text.dropFirst(2), radix: 8) { return .integer(number) }
        if let number = Int64(text) { return .integer(number) }
        let isDecimal = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
        }
        if isDecimal, let number = Double(text), number.isFinite { return .number(number) }
        return .string(text)
    }
}
