import JSONCoding
import JSONRPC

/// What a JSON Schema of the API lets a value be.
struct SchemaShape: Sendable {
    enum Kind: String, Sendable, Hashable {
        case string, integer, number, boolean, array, object, null
    }

    /// The shared schemas, by name.
    let shared: [String: JSONSchema]

    /// Schemas nest a few levels; one that refers to itself must not hold us up.
    private static let maxDepth = 8

    /// The plain schemas that a schema stands for: references followed, `anyOf`, `oneOf` and `allOf` opened.
    func alternatives(_ schema: JSONObject, depth: Int = 0) -> [JSONObject] {
        guard depth < Self.maxDepth else { return [] }
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            return shared[String(name)].map { alternatives($0.object, depth: depth + 1) } ?? []
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            if let inner = schema[key]?.array {
                return inner.compactMap(\.object).flatMap { alternatives($0, depth: depth + 1) }
            }
        }
        return [schema]
    }

    /// The kinds of value that a schema takes; empty when it takes any.
    func kinds(_ schema: JSONObject) -> Set<Kind> {
        var result: Set<Kind> = []
        for plain in alternatives(schema) {
            switch plain["type"] {
            case .string(let name): if let kind = Kind(rawValue: name) { result.insert(kind) }
            case .array(let names): result.formUnion(names.compactMap { $0.string.flatMap(Kind.init) })
            default:
                if let value = plain["const"] { result.insert(Self.kind(of: value)) } else { return [] }
            }
        }
        return result
    }

    /// The schemas of a member, over all alternatives.
    func member(_ name: String, of schema: JSONObject) -> [JSONObject] {
        alternatives(schema).compactMap { plain in
            plain["properties"]?[name]?.object ?? plain["additionalProperties"]?.object
        }
    }

    /// The names of all members that are described.
    func memberNames(of schema: JSONObject) -> [String] {
        var seen: Set<String> = []
        return alternatives(schema).flatMap { $0["properties"]?.object?.keys ?? [] }.filter { seen.insert($0).inserted }
    }

    /// What the elements of an array may be.
    func elements(of schema: JSONObject) -> [JSONObject] {
        alternatives(schema).compactMap { $0["items"]?.object }
    }

    /// The schemas found by going down from one through members.
    func schemas(at path: ArraySlice<String>, in schema: JSONObject) -> [JSONObject] {
        guard let first = path.first else { return [schema] }
        return member(first, of: schema).flatMap { schemas(at: path.dropFirst(), in: $0) }
    }

    /// The kinds of value at a path; empty when they are not known.
    func kinds(at path: ArraySlice<String>, in schema: JSONObject) -> Set<Kind> {
        let found = schemas(at: path, in: schema).map(kinds)
        return found.contains([]) ? [] : found.reduce(into: []) { $0.formUnion($1) }
    }

    /// The values of an enumeration.
    func values(_ schema: JSONObject) -> [String] {
        alternatives(schema).flatMap { $0["enum"]?.array?.compactMap(\.string) ?? [] }
    }

    static func kind(of value: JSONValue) -> Kind {
        switch value {
        case .null: .null
        case .bool: .boolean
        case .integer: .integer
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}
