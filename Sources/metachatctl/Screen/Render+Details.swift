import Domain
import JSONCoding

extension Render {
    /// Members one below the other, values in a column, inner objects indented.
    func details(_ object: JSONObject, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let names = object.members.filter { !isNested($0.value) }.map { TextWidth.of(CleanText.line($0.key)) }
        let column = min(max(names.max() ?? 0, indent > 0 ? 0 : 9), 24)
        var result: [String] = []
        for (key, value) in object {
            let name = CleanText.line(key)
            let label = margin + screen.style(.cyan, TextWidth.padded(name, to: column)) + "  "
            let room = max(20, min(screen.width, Screen.widestText + indent) - indent - column - 2)
            switch value {
            case .object(let inner) where isNested(value):
                result.append(margin + screen.style(.cyan, name))
                result += nested(inner, key: key, indent: indent + 2)
            case .array(let elements) where isNested(value):
                result.append(margin + screen.style(.cyan, name))
                for element in elements {
                    let lines = details(element.object ?? [:], indent: indent + 4)
                    guard let first = lines.first else { continue }
                    result.append(margin + "  - " + first.dropFirst(indent + 4))
                    result += lines.dropFirst()
                }
            case .string(let text) where text.utf8.contains(0x0A):
                result.append(margin + screen.style(.cyan, name))
                result += CleanText.block(text).split(separator: "\n", omittingEmptySubsequences: false)
                    .flatMap { line -> [String] in
                        let width = min(screen.width, Screen.widestText) - indent - 2
                        return screen.wraps ? Self.wrapped(String(line), to: width) : [String(line)]
                    }
                    .map { margin + "  " + $0 }
            default:
                let text = exact(value, key: key)
                let lines = Self.wrapped(text, to: room)
                let ink = ["status", "state"].contains(key) ? Style.ink(forState: text) : nil
                result.append(label + screen.style(ink, lines[0]))
                let hanging = String(repeating: " ", count: indent + column + 2)
                result += lines.dropFirst().map { hanging + $0 }
            }
        }
        return result
    }

    /// `{name: {fingerprint, …}}` and its like are a small table.
    private func nested(_ object: JSONObject, key: String, indent: Int) -> [String] {
        let rows = object.members.compactMap { name, value in
            value.object.map { JSONValue.object(JSONObject(members: [("name", .string(name))]).merging(patch: $0)) }
        }
        guard rows.count == object.count, key == "secrets" else { return details(object, indent: indent) }
        var inner = self
        inner.noun = "secret"
        inner.verb = "list"
        inner.screen.width -= indent
        return (inner.table(rows, key: key) ?? []).map { String(repeating: " ", count: indent) + $0 }
    }

    private func isNested(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let object): !object.isEmpty
        case .array(let elements): elements.contains { $0.object?.isEmpty == false }
        default: false
        }
    }

    /// In full: times as they are.
    private func exact(_ value: JSONValue, key: String) -> String {
        if case .string(let text) = value, Self.isTime(key), Timestamp(text) != nil {
            return "\(text)  (\(Moment.relative(text, now: screen.now)))"
        }
        if case .string(let text) = value { return CleanText.line(text) }
        return inline(value, key: key == "content" ? "" : key)
    }

    /// Lines no wider than `width`, broken at spaces where there are any.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        guard TextWidth.of(text) > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var word = String(word)
            if !line.isEmpty, TextWidth.of(line) + 1 + TextWidth.of(word) > width {
                lines.append(line)
                line = ""
            }
            while TextWidth.of(word) > width {
                var part = ""
                while let next = word.first, TextWidth.of(part) + TextWidth.width(next) <= max(1, width) {
                    part.append(word.removeFirst())
                }
                if part.isEmpty { part.append(word.removeFirst()) }
                lines.append(part)
            }
            line += line.isEmpty ? word : " " + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines.isEmpty ? [""] : lines
    }
}
