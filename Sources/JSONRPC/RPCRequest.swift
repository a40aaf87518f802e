import JSONCoding

/// One request object of JSON-RPC 2.0 (§4), taken apart.
struct RPCRequest: Sendable {
    var method: String
    var params: Params
    /// nil for a notification, which is never answered.
    var id: JSONValue?

    enum Params: Sendable {
        case absent
        case byName(JSONObject)
        case byPosition
    }

    /// A value that is no request object; answered under the id it has, if that can be told, else under null.
    struct Fault: Error {
        var id: JSONValue
        var error: RPCError
    }

    init(_ value: JSONValue) throws(Fault) {
        guard case .object(let object) = value else {
            throw Fault(id: .null, error: .invalidRequest("a request is an object, this is \(value.kind)"))
        }
        let id = object["id"]
        switch id {
        case nil, .null, .string, .integer, .number: break
        default:
            throw Fault(id: .null, error: .invalidRequest("id must be a string, a number or null"))
        }
        func fault(_ detail: String) -> Fault { Fault(id: id ?? .null, error: .invalidRequest(detail)) }

        guard object["jsonrpc"] == "2.0" else { throw fault("jsonrpc must be \"2.0\"") }
        guard let method = object["method"] else { throw fault("method is missing") }
        guard case .string(let name) = method else { throw fault("method must be a string") }
        switch object["params"] {
        case nil: params = .absent
        case .object(let members): params = .byName(members)
        case .array: params = .byPosition
        default: throw fault("params must be an object")
        }
        self.method = name
        self.id = id
    }
}
