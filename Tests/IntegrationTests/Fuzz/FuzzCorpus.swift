import JSONCoding

/// What mutations start from: a valid call of every method, as the served OpenRPC document gives it.
struct FuzzCorpus: Sendable {
    struct Method: Sendable {
        var name: String
        var params: JSONObject
        /// Names of all params that the document declares.
        var declared: [String]
    }

    let methods: [Method]
    /// Every value in the examples, for putting into another's place.
    let values: [JSONValue]

    /// - Parameter tenant: whose calls these are; the document's own is called acme. Ids follow it, so that two corpora
    ///   speak of different entities.
    init(document: JSONValue, tenant: String) throws {
        let ids = [
            "acme": tenant, "fn_order_status": tenant + "_fn", "wh_events": tenant + "_wh",
            "opening-hours": tenant + "-hours",
            "106540352242922": "10654035" + String(tenant.utf8.reduce(0) { $0 * 3 + Int($1) }),
        ]
        var values: [JSONValue] = []
        methods = try (document.member("methods").array ?? []).map { method in
            var params: JSONObject = [:]
            for param in method["examples"]?.array?.first?["params"]?.array ?? [] {
                params[try param.member("name").string ?? ""] = Self.renamed(try param.member("value"), ids)
            }
            // Short ones: what the document says is five seconds would hold up everybody.
            if method["name"] == "fleet.wait" { params["timeoutMs"] = 20 }
            Self.collect(.object(params), into: &values)
            return Method(
                name: try method.member("name").string ?? "", params: params,
                declared: (method["params"]?.array ?? []).compactMap { $0["name"]?.string })
        }
        self.values = values
    }

    private static func renamed(_ value: JSONValue, _ ids: [String: String]) -> JSONValue {
        switch value {
        case .string(let text):
            var text = text
            for (old, new) in ids { text = text.replacing(old, with: new) }
            return .string(text)
        case .array(let elements): return .array(elements.map { renamed($0, ids) })
        case .object(let object):
            return .object(JSONObject(members: object.members.map { ($0.key, renamed($0.value, ids)) }))
        default: return value
        }
    }

    private static func collect(_ value: JSONValue, into values: inout [JSONValue]) {
        values.append(value)
        switch value {
        case .array(let elements): for element in elements { collect(element, into: &values) }
        case .object(let object): for member in object.members { collect(member.value, into: &values) }
        default: break
        }
    }

    static func envelope(_ method: String, _ params: JSONObject, id: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
    }
}
