import JSONCoding
import JSONRPC

/// Checks a value against what the API's schemas use of JSON Schema, so that a file's faults show before anything is
/// changed. The control plane has the last word.
struct SchemaCheck {
    let shape: SchemaShape
    private(set) var faults: [JSONFault] = []

    init(shape: SchemaShape) { self.shape = shape }

    /// - Parameter patch: null removes a member, and nothing is missing.
    mutating func check(_ value: JSONValue, _ schema: JSONObject, at path: String = "", patch: Bool = false) {
        let alternatives = shape.alternatives(schema)
        guard !alternatives.isEmpty, !(patch && value.isNull) else { return }
        // The one that fits best tells what is wrong.
        var best: [JSONFault]?
        for plain in alternatives {
            var inner = SchemaCheck(shape: shape)
            inner.checkPlain(value, plain, path, patch)
            if inner.faults.isEmpty { return }
            if best == nil || inner.faults.count < best?.count ?? 0 { best = inner.faults }
        }
        faults += best ?? []
    }

    private mutating func fault(_ path: String, _ message: String) {
        faults.append(JSONFault(path: path, message: message))
    }

    private mutating func checkPlain(_ value: JSONValue, _ schema: JSONObject, _ path: String, _ patch: Bool) {
        let kinds = shape.kinds(schema)
        if !kinds.isEmpty, !Self.fits(value, kinds) {
            let words = kinds.map(Self.word).sorted().joined(separator: " or ")
            return fault(path, "must be \(words), is \(value.kind)")
        }
        if let choices = schema["enum"]?.array, !choices.contains(value) {
            return fault(path, "must be one of " + choices.map { $0.string ?? $0.text }.joined(separator: ", "))
        }
        switch value {
        case .string(let text): check(length: text.unicodeScalars.count, schema, path, "characters")
        case .integer, .number: check(number: value.number ?? 0, schema, path)
        case .array(let elements):
            if let limit = schema["maxItems"]?.integer, elements.count > limit {
                fault(path, "must have at most \(limit) elements")
            }
            guard let items = schema["items"]?.object else { return }
            for (index, element) in elements.enumerated() { check(element, items, at: "\(path)/\(index)") }
        case .object(let object): check(object, schema, path, patch)
        default: break
        }
    }

    private mutating func check(_ object: JSONObject, _ schema: JSONObject, _ path: String, _ patch: Bool) {
        let properties = schema["properties"]?.object ?? [:]
        for (key, value) in object {
            let inner = path + "/" + JSONReader.escaped(key)
            if let member = properties[key]?.object {
                check(value, member, at: inner, patch: patch)
            } else if let member = schema["additionalProperties"]?.object {
                check(value, member, at: inner, patch: patch)
            } else if schema["additionalProperties"] == false {
                let guess = Words.nearest(to: key, among: properties.keys).map { "; did you mean \($0)?" } ?? ""
                fault(inner, "is not known here" + guess)
            }
        }
        guard !patch else { return }
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            fault(path + "/" + JSONReader.escaped(name), "is missing")
        }
    }

    private mutating func check(length: Int, _ schema: JSONObject, _ path: String, _ unit: String) {
        if let least = schema["minLength"]?.integer, length < least {
            fault(path, least == 1 ? "must not be empty" : "must have at least \(least) \(unit)")
        }
        if let most = schema["maxLength"]?.integer, length > most { fault(path, "must have at most \(most) \(unit)") }
    }

    private mutating func check(number: Double, _ schema: JSONObject, _ path: String) {
        if let least = schema["minimum"]?.number, number < least { fault(path, "must be at least \(Self.text(least))") }
        if let bound = schema["exclusiveMinimum"]?.number, number <= bound {
            fault(path, "must be above \(Self.text(bound))")
        }
        if let most = schema["maximum"]?.number, number > most { fault(path, "must be at most \(Self.text(most))") }
    }

    private static func text(_ number: Double) -> String { Int64(exactly: number).map(String.init) ?? "\(number)" }

    private static func fits(_ value: JSONValue, _ kinds: Set<SchemaShape.Kind>) -> Bool {
        let kind = SchemaShape.kind(of: value)
        if kinds.contains(kind) { return true }
        switch kind {
        case .integer: return kinds.contains(.number)
        case .number: return kinds.contains(.integer) && value.integer != nil
        default: return false
        }
    }

    private static func word(_ kind: SchemaShape.Kind) -> String {
        switch kind {
        case .string: "a string"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .array: "a list"
        case .object: "a map"
        case .null: "null"
        }
    }
}
