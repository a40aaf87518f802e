import Domain
import JSONCoding

/// Results as people read them.
struct Render: Sendable {
    var screen: Screen
    var noun: String
    var verb: String

    func lines(_ result: JSONValue) -> [String] {
        switch result {
        case .object(let object): lines(object)
        case .array(let elements): table(elements, key: "items") ?? elements.map { "- " + inline($0, key: "") }
        case .null: []
        default: [inline(result, key: "")]
        }
    }

    private func lines(_ object: JSONObject) -> [String] {
        let lists = object.members.filter { isTable($0.value) }
        let rest = object.members.filter { !isTable($0.value) && !isPaging($0.key, $0.value, in: object) }
        if let message = short(object) { return [message] }
        var result = details(JSONObject(distinct: rest), indent: 0)
        for (key, value) in lists {
            if !result.isEmpty { result.append("") }
            if case .array(let elements) = value, elements.isEmpty {
                result.append(screen.style(.dim, key == "items" ? "nothing found" : "\(key): none"))
            } else if case .array(let elements) = value {
                if lists.count > 1 { result.append(screen.style(.bold, title(key))) }
                result += table(elements, key: key) ?? []
            }
        }
        return result
    }

    /// What a deletion gives is one line.
    private func short(_ object: JSONObject) -> String? {
        guard verb == "delete" || verb == "revoke", let id = object["id"]?.string else { return nil }
        let revision = object["revision"]?.integer.map { " (revision \($0))" } ?? ""
        return "\(noun) \(CleanText.line(id)) \(verb == "delete" ? "deleted" : "revoked")\(revision)"
    }

    private func isTable(_ value: JSONValue) -> Bool {
        guard case .array(let elements) = value else { return false }
        return elements.allSatisfy { $0.object != nil }
    }

    private func isPaging(_ key: String, _ value: JSONValue, in object: JSONObject) -> Bool {
        key == "nextCursor" && object["items"] != nil
    }

    // MARK: Tables

    func table(_ elements: [JSONValue], key: String) -> [String]? {
        let items = elements.compactMap(\.object)
        guard items.count == elements.count, !items.isEmpty else { return nil }
        let plan = ColumnPlan(noun: noun, verb: verb, items: items)
        let columns = plan.paths.enumerated().map { index, path -> Table.Column in
            let bare = ColumnPlan.bare(path)
            let values = items.compactMap { ColumnPlan.value(at: bare, in: $0) }.filter { !$0.isNull }
            return Table.Column(
                title: title(bare), isRight: !values.isEmpty && values.allSatisfy { $0.number != nil },
                rank: index, isWhole: path.hasSuffix("*"),
                narrowest: Self.narrowest[bare] ?? 12)
        }
        let rows = items.map { item in
            plan.paths.map { path -> Table.Cell in
                let bare = ColumnPlan.bare(path)
                let value = ColumnPlan.value(at: bare, in: item) ?? .null
                let name = bare.split(separator: ".").last.map(String.init) ?? bare
                let text = inline(value, key: name)
                return Table.Cell(text, ink: ink(text, key: name, value))
            }
        }
        return Table(columns: columns, rows: rows).lines(width: screen.width, style: screen.style)
    }

    private static let narrowest = ["content": 30, "snippet": 30, "detail": 30, "error": 30, "title": 24, "name": 16]

    private func title(_ path: String) -> String {
        let name = path.split(separator: ".").last.map(String.init) ?? path
        let stem = name.hasSuffix("At") && name.count > 3 ? String(name.dropLast(2)) : name
        return Words.kebab(stem).replacing("-", with: " ")
    }

    private func ink(_ text: String, key: String, _ value: JSONValue) -> Style.Ink? {
        if value.isNull { return .dim }
        if ["status", "state", "outcome", "ok", "enabled"].contains(key) {
            return key == "enabled" && text == "yes" ? nil : Style.ink(forState: text)
        }
        return key == "error" ? .red : nil
    }

    /// A value in one line.
    func inline(_ value: JSONValue, key: String) -> String {
        switch value {
        case .null: return "–"
        case .bool(let flag): return flag ? "yes" : "no"
        case .integer(let number): return String(number)
        case .number(let number): return key == "score" ? Self.rounded(number) : value.text
        case .string(let text):
            if Self.isTime(key), Timestamp(text) != nil { return Moment.relative(text, now: screen.now) }
            return CleanText.line(text)
        case .array(let elements):
            if elements.isEmpty { return "–" }
            return elements.map { inline($0, key: "") }.joined(separator: ", ")
        case .object(let object): return inline(object, key: key)
        }
    }

    private func inline(_ object: JSONObject, key: String) -> String {
        if object.isEmpty { return "–" }
        if key == "secrets" { return object.keys.map(CleanText.line).joined(separator: ", ") }
        for name in ["text", "name", "title", "id"] {
            if let text = object[name]?.string { return CleanText.line(text) }
        }
        if key == "content", let kind = object.keys.first {
            let caption = object[kind]?["caption"]?.string ?? object[kind]?["filename"]?.string
            return "[\(CleanText.line(kind))]" + (caption.map { " " + CleanText.line($0) } ?? "")
        }
        return CleanText.line(JSONValue.object(object).text)
    }

    static func isTime(_ key: String) -> Bool {
        key == "at" || key == "timestamp" || (key.hasSuffix("At") && key.count > 2) || key.hasSuffix("Until")
            || key == "since"
    }

    private static func rounded(_ number: Double) -> String {
        let hundredths = (number * 100).rounded()
        guard abs(hundredths) < 1e12 else { return "\(number)" }
        let whole = Int64(hundredths)
        let rest = abs(whole % 100)
        return "\(whole < 0 && whole > -100 ? "-" : "")\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
