package import JSONCoding

/// The OpenRPC document (https://spec.open-rpc.org) of a set of methods.
package enum OpenRPC {
    /// An application's error, for `components.errors`.
    package struct ErrorKind: Sendable {
        package var name: String
        package var code: RPCErrorCode
        package var message: String

        package init(name: String, code: RPCErrorCode, message: String) {
            self.name = name
            self.code = code
            self.message = message
        }
    }

    /// - Parameters:
    ///   - common: errors that every method may give.
    ///   - schemas: shared schemas, by name.
    package static func document(
        title: String, version: String, description: String, methods: [MethodInfo], errors: [ErrorKind],
        common: [RPCErrorCode], schemas: [String: JSONSchema]
    ) -> JSONValue {
        let names = Dictionary(uniqueKeysWithValues: errors.map { ($0.code, $0.name) })
        return [
            "openrpc": "1.3.2",
            "info": [
                "title": .string(title), "version": .string(version), "description": .string(description),
            ],
            "methods": .array(methods.map { method($0, common: common, names: names) }),
            "components": [
                "schemas": .object(
                    JSONObject(members: schemas.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })),
                "errors": .object(
                    JSONObject(
                        members: errors.map {
                            ($0.name, ["code": .integer($0.code.rawValue), "message": .string($0.message)])
                        })),
            ],
        ]
    }

    private static func method(
        _ info: MethodInfo, common: [RPCErrorCode], names: [RPCErrorCode: String]
    ) -> JSONValue {
        var object: JSONObject = ["name": .string(info.name), "summary": .string(info.summary)]
        object.append("description", info.details.map(JSONValue.string))
        object["paramStructure"] = "by-name"
        object["params"] = .array((info.params.filter(\.isRequired) + info.params.filter { !$0.isRequired }).map(param))
        object["result"] = ["name": "result", "schema": info.result.json]
        object["errors"] = .array(
            (common + info.errors).map { code in
                guard let name = names[code] else { preconditionFailure("error \(code.rawValue) is not described") }
                return ["$ref": .string("#/components/errors/" + name)]
            })
        object["examples"] = [
            [
                "name": .string(info.name),
                "params": .array(
                    info.example.params.members.map { ["name": .string($0.key), "value": $0.value] }),
                "result": ["name": "result", "value": info.example.result],
            ]
        ]
        for (key, value) in info.extensions { object[key] = value }
        return .object(object)
    }

    private static func param(_ member: JSONSchema.Member) -> JSONValue {
        var schema = member.schema
        let text = schema.object["description"]
        schema.object["description"] = nil
        var object: JSONObject = ["name": .string(member.name)]
        object.append("summary", text)
        object["required"] = .bool(member.isRequired)
        object["schema"] = schema.json
        return .object(object)
    }
}
