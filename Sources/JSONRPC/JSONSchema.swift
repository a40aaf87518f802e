package import JSONCoding

/// A JSON Schema (2020-12), built from a few words.
package struct JSONSchema: Sendable, Hashable {
    package var object: JSONObject

    package init(_ object: JSONObject) { self.object = object }

    package var json: JSONValue { .object(object) }

    /// One member of an object.
    package struct Member: Sendable, Hashable {
        package var name: String
        package var schema: JSONSchema
        package var isRequired: Bool

        package static func required(_ name: String, _ schema: JSONSchema, _ text: String? = nil) -> Member {
            Member(name: name, schema: schema.described(text), isRequired: true)
        }

        package static func optional(_ name: String, _ schema: JSONSchema, _ text: String? = nil) -> Member {
            Member(name: name, schema: schema.described(text), isRequired: false)
        }
    }
}

extension JSONSchema {
    /// Any value.
    package static let any = JSONSchema([:])
    package static let boolean = JSONSchema(["type": "boolean"])
    package static let null = JSONSchema(["type": "null"])
    package static let timestamp = JSONSchema(["type": "string", "format": "date-time"])
    /// An object whose members are not described.
    package static let anyObject = JSONSchema(["type": "object"])

    /// A string; lengths count Unicode scalars.
    package static func string(
        _ length: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil
    ) -> JSONSchema {
        var object: JSONObject = ["type": "string"]
        if let length {
            if length.lowerBound > 0 { object["minLength"] = JSONValue(length.lowerBound) }
            object["maxLength"] = JSONValue(length.upperBound)
        }
        object.append("pattern", pattern.map(JSONValue.string))
        object.append("format", format.map(JSONValue.string))
        return JSONSchema(object)
    }

    /// `[A-Za-z0-9_-]`, 1 to `max` of them.
    package static func identifier(max: Int = 64) -> JSONSchema { string(pattern: "^[A-Za-z0-9_-]{1,\(max)}$") }

    package static func integer(_ range: ClosedRange<Int64>? = nil) -> JSONSchema {
        var object: JSONObject = ["type": "integer"]
        if let range {
            if range.lowerBound != .min { object["minimum"] = .integer(range.lowerBound) }
            if range.upperBound != .max { object["maximum"] = .integer(range.upperBound) }
        }
        return JSONSchema(object)
    }

    package static func number(_ range: ClosedRange<Double>? = nil) -> JSONSchema {
        var object: JSONObject = ["type": "number"]
        if let range {
            object["minimum"] = .number(range.lowerBound)
            object["maximum"] = .number(range.upperBound)
        }
        return JSONSchema(object)
    }

    package static func oneOf(_ values: [String]) -> JSONSchema {
        JSONSchema(["type": "string", "enum": .array(values.map(JSONValue.string))])
    }

    package static func oneOf<E: RawRepresentable & CaseIterable>(_: E.Type) -> JSONSchema
    where E.RawValue == String {
        oneOf(E.allCases.map(\.rawValue))
    }

    package static func constant(_ value: JSONValue) -> JSONSchema { JSONSchema(["const": value]) }

    package static func array(of element: JSONSchema, max: Int? = nil) -> JSONSchema {
        var object: JSONObject = ["type": "array", "items": element.json]
        object.append("maxItems", max.map { JSONValue($0) })
        return JSONSchema(object)
    }

    /// - Parameter closed: whether other members are faults.
    package static func object(_ members: [Member], closed: Bool) -> JSONSchema {
        var object: JSONObject = [
            "type": "object",
            "properties": .object(JSONObject(members: members.map { ($0.name, $0.schema.json) })),
        ]
        let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { object["required"] = .array(required) }
        if closed { object["additionalProperties"] = false }
        return JSONSchema(object)
    }

    /// An object used as a dictionary.
    package static func map(of element: JSONSchema) -> JSONSchema {
        JSONSchema(["type": "object", "additionalProperties": element.json])
    }

    package static func either(_ schemas: JSONSchema...) -> JSONSchema {
        JSONSchema(["oneOf": .array(schemas.map(\.json))])
    }

    package static func all(_ schemas: JSONSchema...) -> JSONSchema {
        JSONSchema(["allOf": .array(schemas.map(\.json))])
    }

    /// One of the document's shared schemas.
    package static func shared(_ name: String) -> JSONSchema {
        JSONSchema(["$ref": .string(sharedPrefix + name)])
    }

    static let sharedPrefix = "#/components/schemas/"
}

extension JSONSchema {
    package func described(_ text: String?) -> JSONSchema {
        guard let text else { return self }
        var result = self
        result.object["description"] = .string(text)
        return result
    }

    package func withDefault(_ value: JSONValue) -> JSONSchema {
        var result = self
        result.object["default"] = value
        return result
    }

    package var orNull: JSONSchema {
        if let type = object["type"]?.string, object["enum"] == nil {
            var result = self
            result.object["type"] = [.string(type), "null"]
            return result
        }
        return .either(self, .null)
    }
}

extension JSONSchema {
    /// A schema document of its own, with every shared schema that it needs under `$defs`.
    package static func document(
        id: String, title: String, root: String, shared: [String: JSONSchema]
    ) -> JSONValue {
        guard let schema = shared[root] else { preconditionFailure("no shared schema \(root)") }
        var needed: Set<String> = []
        var open = references(in: schema.json)
        while let name = open.popFirst() {
            guard needed.insert(name).inserted else { continue }
            guard let next = shared[name] else { preconditionFailure("no shared schema \(name)") }
            open.formUnion(references(in: next.json))
        }
        var result: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(id), "title": .string(title),
        ]
        for (key, value) in schema.object { result[key] = rewritten(value) }
        if !needed.isEmpty {
            result["$defs"] = .object(
                JSONObject(members: needed.sorted().map { ($0, rewritten(shared[$0]?.json ?? .null)) }))
        }
        return .object(result)
    }

    private static func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(references(in: $1)) }
        case .object(let object):
            object.members.reduce(into: []) { names, member in
                if member.key == "$ref", let text = member.value.string, text.hasPrefix(sharedPrefix) {
                    names.insert(String(text.dropFirst(sharedPrefix.count)))
                } else {
                    names.formUnion(references(in: member.value))
                }
            }
        default: []
        }
    }

    private static func rewritten(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(rewritten))
        case .object(let object):
            .object(
                JSONObject(
                    members: object.members.map { key, value in
                        if key == "$ref", let text = value.string, text.hasPrefix(sharedPrefix) {
                            return (key, .string("#/$defs/" + text.dropFirst(sharedPrefix.count)))
                        }
                        return (key, rewritten(value))
                    }))
        default: value
        }
    }
}
