package import JSONCoding

/// Looks whether values fit JSON Schemas: the part of JSON Schema 2020-12 that our own schemas use.
package struct SchemaChecker {
    /// The document that `$ref`s point into.
    let document: JSONValue

    package init(document: JSONValue) { self.document = document }

    /// Everything in which the value does not fit the schema, as `path: complaint`.
    package func complaints(_ value: JSONValue, _ schema: JSONValue, at path: String = "") -> [String] {
        guard let rules = schema.object else {
            return schema == true ? [] : ["\(path): nothing is allowed here"]
        }
        var result: [String] = []
        func complain(_ text: String) { result.append("\(path): \(text)") }
        for (rule, operand) in rules.members {
            switch rule {
            case "$ref":
                guard let target = resolve(operand.string ?? "") else {
                    complain("dangling \(operand.text)")
                    continue
                }
                result += complaints(value, target, at: path)
            case "allOf": for inner in operand.array ?? [] { result += complaints(value, inner, at: path) }
            case "anyOf", "oneOf":
                let tries = (operand.array ?? []).map { complaints(value, $0, at: path) }
                let fitting = tries.filter(\.isEmpty).count
                if fitting == 0 || rule == "oneOf" && fitting > 1 {
                    complain("fits \(fitting) of \(rule): \(tries.map { $0.joined(separator: "; ") })")
                }
            case "type":
                let names = operand.array?.compactMap(\.string) ?? [operand.string ?? ""]
                if !names.contains(where: { Self.isA($0, value) }) { complain("is \(value.kind), not \(names)") }
            case "const": if value != operand { complain("is not \(operand.text)") }
            case "enum": if operand.array?.contains(value) != true { complain("is not among \(operand.text)") }
            case "minLength":
                if let text = value.string, text.unicodeScalars.count < operand.integer ?? 0 { complain("too short") }
            case "maxLength":
                if let text = value.string, text.unicodeScalars.count > operand.integer ?? 0 { complain("too long") }
            case "pattern":
                if let text = value.string, let regex = try? Regex(operand.string ?? ""),
                    (try? regex.firstMatch(in: text)) == nil
                {
                    complain("does not match \(operand.text)")
                }
            case "minimum": if let n = value.number, n < operand.number ?? 0 { complain("too small") }
            case "exclusiveMinimum": if let n = value.number, n <= operand.number ?? 0 { complain("too small") }
            case "maximum": if let n = value.number, n > operand.number ?? 0 { complain("too large") }
            case "maxItems": if let a = value.array, a.count > operand.integer ?? 0 { complain("too many") }
            case "items":
                for (index, element) in (value.array ?? []).enumerated() {
                    result += complaints(element, operand, at: "\(path)/\(index)")
                }
            case "required":
                guard let object = value.object else { continue }
                for name in operand.array?.compactMap(\.string) ?? [] where object[name] == nil {
                    result.append("\(path)/\(name): is missing")
                }
            case "properties":
                guard let object = value.object else { continue }
                for (name, inner) in operand.object?.members ?? [] {
                    if let member = object[name] { result += complaints(member, inner, at: "\(path)/\(name)") }
                }
            case "additionalProperties":
                for (name, member) in value.object?.members ?? [] where rules["properties"]?[name] == nil {
                    result += complaints(member, operand, at: "\(path)/\(name)")
                }
            case "description", "default", "format", "title", "$schema", "$id", "$defs", "contentEncoding": break
            default: complain("the checker does not know the rule \(rule)")
            }
        }
        return result
    }

    private func resolve(_ reference: String) -> JSONValue? {
        var place: JSONValue? = document
        for step in reference.split(separator: "/").dropFirst() { place = place?[String(step)] }
        return place
    }

    private static func isA(_ name: String, _ value: JSONValue) -> Bool {
        switch (name, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("number", .integer), ("number", .number): true
        case ("integer", _): value.integer != nil
        default: false
        }
    }
}
