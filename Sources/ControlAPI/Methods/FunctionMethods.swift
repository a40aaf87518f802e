package import Domain
package import JSONCoding
import JSONRPC

/// What `function.create` and `function.update` have in common.
enum FunctionParams {
    static let name = JSONSchema.string(pattern: "^[A-Za-z0-9_-]{1,64}$")
    static let description = JSONSchema.string(1...2000)
    static let timeout = JSONSchema.integer(100...60_000)
    /// Bytes of a JSON Schema's text.
    static let maxParameters = 65_536

    /// A JSON Schema for an object, as models take it.
    static func readParameters(_ reader: JSONReader) -> JSONObject? {
        guard let object = reader.rawObject() else { return nil }
        guard object["type"] == "object" else {
            return reader.fault("must be the JSON Schema of an object (type: object)")
        }
        if let properties = object["properties"], properties.object == nil {
            return reader.fault("properties must be an object")
        }
        if let required = object["required"] {
            guard let names = required.array, names.allSatisfy({ $0.string != nil }) else {
                return reader.fault("required must be a list of names")
            }
        }
        guard JSONValue.object(object).serialized().count <= maxParameters else {
            return reader.fault("must have at most \(maxParameters) bytes")
        }
        return object
    }

    static func readURL(_ reader: JSONReader) -> String? { reader.string(1...OutboundURL.maxLength) }
}

package enum FunctionCreate {
    package struct Params: WriteParams {
        package var id: String?
        package var tenantID: String
        package var name: String
        package var text: String
        package var parameters: JSONObject
        package var url: String
        package var timeoutMilliseconds: Int64
        package var enabled: Bool
        package var idempotencyKey: String?
    }

    /// A function or webhook with what is shown once.
    package struct Created<Entity: Sendable>: Sendable {
        package var entity: Entity
        package var signingSecret: String

        package init(_ entity: Entity, signingSecret: String) {
            self.entity = entity
            self.signingSecret = signingSecret
        }
    }

    package static let method = ControlMethod<Params, Created<FunctionDefinition>>(
        "function.create", .write, "Creates an HTTP tool that the tenant's model may call.",
        details: """
            Calls are POSTs of `{name, arguments, context}`, signed as webhooks are (Standard Webhooks) with `secret`, \
            which is in this answer and nowhere else; the answer's body is the result.
            """,
        params: [
            CommonParams.tenantID, .required("name", FunctionParams.name, "What the model calls it."),
            .required("description", FunctionParams.description, "Tells the model what it is for."),
            .required("parameters", .anyObject, "JSON Schema of the arguments, with type object."),
            .required("url", .string(1...OutboundURL.maxLength)),
            .optional("id", .identifier(), "Generated if absent."),
            .optional("timeoutMs", FunctionParams.timeout.withDefault(10_000)),
            .optional("enabled", JSONSchema.boolean.withDefault(true)), CommonParams.idempotencyKey,
        ],
        result: .shared("CreatedFunction"), errors: [.notFound, .conflict],
        example: .init(
            params: [
                "tenantId": "acme", "id": "fn_order_status", "name": "order_status",
                "description": "Tells where an order is.",
                "parameters": Examples.functionParameters, "url": "https://shop.example.com/metachat/order-status",
            ], result: .object(Examples.function.merging(patch: ["secret": Examples.signingSecret])))
    ) { object -> Params? in
        let id = object.optional("id") { $0.identifier() }
        let tenantID = object.required("tenantId") { $0.identifier() }
        let name = object.required("name") { $0.identifier() }
        let text = object.required("description") { $0.string(1...2000) }
        let parameters = object.required("parameters", FunctionParams.readParameters)
        let url = object.required("url", FunctionParams.readURL)
        let timeout = object.optional("timeoutMs") { $0.integer(in: 100...60_000) }
        let enabled = object.optional("enabled") { $0.bool() }
        let key = object.idempotencyKey()
        guard let tenantID, let name, let text, let parameters, let url else { return nil }
        return Params(
            id: id, tenantID: tenantID, name: name, text: text, parameters: parameters, url: url,
            timeoutMilliseconds: timeout ?? 10_000, enabled: enabled ?? true, idempotencyKey: key)
    } write: {
        .object(($0.entity.json.object ?? [:]).merging(patch: ["secret": .string($0.signingSecret)]))
    }
}

package enum FunctionGet {
    package static let method = ControlMethod<EntityParams, FunctionDefinition>(
        "function.get", .read, "Gives a function.", params: [CommonParams.id], result: .shared("Function"),
        errors: [.notFound], example: .init(params: ["id": "fn_order_status"], result: .object(Examples.function))
    ) {
        EntityParams($0)
    } write: {
        $0.json
    }
}

package enum FunctionList {
    package static let method = ControlMethod<TenantListParams, Page<FunctionDefinition>>(
        "function.list", .read, "Lists a tenant's functions, by id.", params: TenantListParams.members,
        result: CommonParams.pageSchema(of: .shared("Function")), errors: [.notFound],
        example: .init(params: ["tenantId": "acme"], result: Examples.page(.object(Examples.function)))
    ) {
        TenantListParams($0)
    } write: {
        CommonParams.json($0, \.json)
    }
}

package enum FunctionUpdate {
    package struct Params: WriteParams {
        package var id: String
        package var name: String?
        package var text: String?
        package var parameters: JSONObject?
        package var url: String?
        package var timeoutMilliseconds: Int64?
        package var enabled: Bool?
        package var ifRevision: Int64?
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, FunctionDefinition>(
        "function.update", .write, "Changes a function.",
        params: [
            CommonParams.id, .optional("name", FunctionParams.name),
            .optional("description", FunctionParams.description),
            .optional("parameters", .anyObject, "Replaces the whole schema."),
            .optional("url", .string(1...OutboundURL.maxLength)), .optional("timeoutMs", FunctionParams.timeout),
            .optional("enabled", .boolean), CommonParams.ifRevision, CommonParams.idempotencyKey,
        ],
        result: .shared("Function"), errors: [.notFound, .conflict],
        example: .init(
            params: ["id": "fn_order_status", "enabled": false], result: .object(Examples.function))
    ) { object -> Params? in
        let id = object.required("id") { $0.identifier() }
        let params = Params(
            id: id ?? "", name: object.optional("name") { $0.identifier() },
            text: object.optional("description") { $0.string(1...2000) },
            parameters: object.optional("parameters", FunctionParams.readParameters),
            url: object.optional("url", FunctionParams.readURL),
            timeoutMilliseconds: object.optional("timeoutMs") { $0.integer(in: 100...60_000) },
            enabled: object.optional("enabled") { $0.bool() }, ifRevision: object.ifRevision(),
            idempotencyKey: object.idempotencyKey())
        return id == nil ? nil : params
    } write: {
        $0.json
    }
}

package enum FunctionDelete {
    package static let method = ControlMethod<DeleteParams, Deleted>(
        "function.delete", .write, "Deletes a function.", params: DeleteParams.members, result: Deleted.schema,
        errors: [.notFound, .conflict],
        example: .init(params: ["id": "fn_order_status"], result: ["id": "fn_order_status", "revision": 47])
    ) {
        DeleteParams($0)
    } write: {
        $0.json
    }
}
