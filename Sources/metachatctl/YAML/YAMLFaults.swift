import JSONCoding

/// Reads values out of YAML trees, noting every fault with file, line and path.
struct YAMLFaults {
    let file: String
    private(set) var lines: [(line: Int, text: String)] = []

    /// More are not worth a reader's time.
    private static let limit = 50

    init(file: String) { self.file = file }

    mutating func add(_ node: YAMLTree, _ path: String, _ message: String) { add(line: node.line, path, message) }

    mutating func add(line: Int, _ path: String, _ message: String) {
        lines.append((line, "\(file):\(line): " + (path.isEmpty ? "" : path + ": ") + message))
    }

    mutating func string(_ node: YAMLTree, at path: String) -> String? {
        guard case .scalar(let text, let plain) = node.content else {
            add(node, path, "must be text, is \(node.kind)")
            return nil
        }
        guard !plain || !CoreSchema.value(text).isNull else {
            add(node, path, "must be text, is empty")
            return nil
        }
        return text
    }

    mutating func bool(_ node: YAMLTree, at path: String) -> Bool? {
        guard case .scalar(let text, plain: true) = node.content, let flag = CoreSchema.value(text).bool else {
            add(node, path, "must be true or false, is \(node.kind)")
            return nil
        }
        return flag
    }

    mutating func integer(_ node: YAMLTree, at path: String) -> Int64? {
        guard case .scalar(let text, plain: true) = node.content, let number = CoreSchema.value(text).integer else {
            add(node, path, "must be a whole number, is \(node.kind)")
            return nil
        }
        return number
    }

    /// The members of a closed map.
    mutating func map(_ node: YAMLTree, at path: String, known: [String]) -> [String: YAMLTree] {
        var result: [String: YAMLTree] = [:]
        for member in node.members ?? [] {
            if known.contains(member.key) {
                result[member.key] = member.value
            } else {
                let guess = Words.nearest(to: member.key, among: known).map { "; did you mean \($0)?" } ?? ""
                add(line: member.line, path.isEmpty ? member.key : path + "." + member.key, "is not known here" + guess)
            }
        }
        if node.members == nil { add(node, path, "must be a map, is \(node.kind)") }
        return result
    }

    /// The members of a map whose names are the file's own; nothing in the place of an empty one.
    mutating func entries(_ node: YAMLTree, at path: String) -> [(key: String, value: YAMLTree)] {
        if node.isNull { return [] }
        guard let members = node.members else {
            add(node, path, "must be a map, is \(node.kind)")
            return []
        }
        return members.map { ($0.key, $0.value) }
    }

    func throwIfAny(_ message: String) throws(CtlFailure) {
        guard !lines.isEmpty else { return }
        if lines.count == 1 { throw .config(lines[0].text) }
        var details = lines.sorted { $0.line < $1.line }.prefix(Self.limit).map(\.text)
        if lines.count > Self.limit { details.append("and \(lines.count - Self.limit) more") }
        throw .config(message, details: Array(details))
    }
}
