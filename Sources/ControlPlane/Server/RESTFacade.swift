import ControlAPI
import HTTPTypes
import Hummingbird
import JSONCoding
import JSONRPC

/// `/api/admin/tenants` and `/api/admin/channels`: the same methods, for scripts that speak REST.
///
/// Bodies are a method's params; the id stands in the path. `Idempotency-Key` and `If-Match` may stand in the header.
/// Answers are `{success: true, data}` or `{success: false, error: {code, message, details}}`; lists have their
/// `nextCursor` beside `data`.
struct RESTFacade: Sendable {
    private let authenticator: Authenticator
    private let dispatcher: RPCDispatcher<CallContext>

    init(authenticator: Authenticator, dispatcher: RPCDispatcher<CallContext>) {
        self.authenticator = authenticator
        self.dispatcher = dispatcher
    }

    private enum Kind: String, CaseIterable { case tenant, channel }

    func add(to router: Router<ControlRequestContext>) {
        for kind in Kind.allCases {
            let path = RouterPath("api/admin/\(kind.rawValue)s")
            let one = RouterPath("api/admin/\(kind.rawValue)s/:id")
            serve(path, [.get: { try await list(kind, $0, $1) }, .post: { try await create(kind, $0, $1) }], router)
            serve(
                one,
                [
                    .get: { try await get(kind, $0, $1) }, .patch: { try await update(kind, $0, $1) },
                    .delete: { try await delete(kind, $0, $1) },
                ], router)
        }
    }

    private typealias Serve = @Sendable (Request, ControlRequestContext) async throws -> Response

    private func serve(
        _ path: RouterPath, _ served: [HTTPRequest.Method: Serve], _ router: Router<ControlRequestContext>
    ) {
        let allowed = served.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options] {
            router.on(path, method: method) { request, context -> Response in
                guard let serve = served[method] else {
                    return Self.failure(
                        Refusal(
                            error: .invalidRequest("use \(allowed)"), status: .methodNotAllowed,
                            headers: [.allow: allowed]))
                }
                return try await serve(request, context)
            }
        }
    }

    // MARK: Calls

    private func list(_ kind: Kind, _ request: Request, _ context: ControlRequestContext) async throws -> Response {
        var params: JSONObject = [:]
        for (key, value) in request.uri.queryParameters {
            let (name, text) = (String(key), String(value))
            switch name {
            case "limit": params[name] = Int64(text).map(JSONValue.integer) ?? .string(text)
            case "enabled": params[name] = text == "true" ? true : text == "false" ? false : .string(text)
            default: params[name] = .string(text)
            }
        }
        return await call("\(kind.rawValue).list", params, request, context) { result in
            guard let items = result["items"] else { return ["success": true, "data": result] }
            return ["success": true, "data": items, "nextCursor": result["nextCursor"] ?? .null]
        }
    }

    private func get(_ kind: Kind, _ request: Request, _ context: ControlRequestContext) async throws -> Response {
        await call("\(kind.rawValue).get", ["id": id(context)], request, context)
    }

    private func create(_ kind: Kind, _ request: Request, _ context: ControlRequestContext) async throws -> Response {
        await call("\(kind.rawValue).create", nil, request, context, status: .created)
    }

    private func update(_ kind: Kind, _ request: Request, _ context: ControlRequestContext) async throws -> Response {
        await call("\(kind.rawValue).update", nil, id: id(context), request, context)
    }

    private func delete(_ kind: Kind, _ request: Request, _ context: ControlRequestContext) async throws -> Response {
        await call("\(kind.rawValue).delete", ["id": id(context)], request, context)
    }

    private func id(_ context: ControlRequestContext) -> JSONValue { .string(context.parameters.get("id") ?? "") }

    /// - Parameter given: nil: they are the request's body.
    private func call(
        _ method: String, _ given: JSONObject?, id: JSONValue? = nil, _ request: Request,
        _ context: ControlRequestContext, status: HTTPResponse.Status = .ok,
        _ wrap: (JSONValue) -> JSONValue = { ["success": true, "data": $0] }
    ) async -> Response {
        do throws(Refusal) {
            let caller = try await authenticator.admit(request, from: context.remoteAddress)
            var params: JSONObject
            if let given { params = given } else { params = try Self.object(try await request.readJSON()) }
            if let id {
                guard params["id"] == nil || params["id"] == id else {
                    throw Refusal(error: .invalidParams("/id", "is another than the path's"), status: .badRequest)
                }
                params["id"] = id
            }
            if request.method != .get { try takeHeaders(request, &params) }
            let context = CallContext(caller: caller, remoteAddress: context.remoteAddress)
            switch await dispatcher.call(method, params, context: context) {
            case .success(.value(let value)): return Responses.json(wrap(value), status: status)
            case .success(.text):
                // None of these methods does; their answers would have to be wrapped here.
                throw Refusal(error: .internalError(reference: "rest-text"), status: .internalServerError)
            case .failure(let error): throw Refusal(error: error, status: Self.status(of: error.code))
            }
        } catch {
            return Self.failure(error)
        }
    }

    private static func object(_ text: [UInt8]) throws(Refusal) -> JSONObject {
        let value: JSONValue
        do {
            value = try JSONValue.parse(text, limits: .standard)
        } catch {
            throw Refusal(error: .parse(error.description), status: .badRequest)
        }
        guard let object = value.object else {
            throw Refusal(error: .invalidRequest("the body must be an object"), status: .badRequest)
        }
        return object
    }

    /// What REST puts into headers, as params; those win that stand in the body.
    private func takeHeaders(_ request: Request, _ params: inout JSONObject) throws(Refusal) {
        if let key = HTTPField.Name("idempotency-key").flatMap({ request.headers[$0] }), params["idempotencyKey"] == nil
        {
            params["idempotencyKey"] = .string(key)
        }
        if let match = request.headers[.ifMatch], params["ifRevision"] == nil {
            let isQuoted = match.count > 2 && match.hasPrefix("\"") && match.hasSuffix("\"")
            guard let revision = Int64(isQuoted ? String(match.dropFirst().dropLast()) : match) else {
                throw Refusal(error: .invalidParams("/ifRevision", "If-Match must be a revision"), status: .badRequest)
            }
            params["ifRevision"] = .integer(revision)
        }
    }

    // MARK: Answers

    static func status(of code: RPCErrorCode) -> HTTPResponse.Status {
        switch code {
        case .parseError, .invalidRequest, .invalidParams: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound, .methodNotFound: .notFound
        case .conflict: .conflict
        case .rateLimited: .tooManyRequests
        case .unavailable: .serviceUnavailable
        default: .internalServerError
        }
    }

    private static func failure(_ refusal: Refusal) -> Response {
        let error = refusal.error
        return Responses.json(
            [
                "success": false,
                "error": [
                    "code": .integer(error.code.rawValue), "message": .string(error.message),
                    "details": error.data?["errors"] ?? error.data ?? .null,
                ],
            ], status: refusal.status, headers: refusal.headers)
    }
}
