import ControlAPI
import Domain
import HTTPTypes
import Hummingbird
import JSONCoding
import JSONRPC
import NIOCore

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
                        .invalidRequest("use \(allowed)"), status: .methodNotAllowed, headers: [.allow: allowed])
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
        let caller: Caller
        switch await authenticator.judge(request, from: context.remoteAddress) {
        case .caller(let known): caller = known
        case .unauthenticated:
            return Self.failure(.unauthenticated, status: .unauthorized, headers: [.wwwAuthenticate: "Bearer"])
        case .limited(let milliseconds):
            return Self.failure(
                .rateLimited(retryAfterMilliseconds: milliseconds), status: .tooManyRequests,
                headers: [.retryAfter: String((milliseconds + 999) / 1000)])
        case .unavailable: return Self.failure(.unavailable("database"), status: .serviceUnavailable)
        }
        var params: JSONObject
        switch given {
        case let given?: params = given
        case nil:
            switch await body(request) {
            case .success(let object): params = object
            case .failure(let refusal): return Self.failure(refusal.error, status: refusal.status)
            }
        }
        if let id {
            guard params["id"] == nil || params["id"] == id else {
                return Self.failure(.invalidParams("/id", "is another than the path's"), status: .badRequest)
            }
            params["id"] = id
        }
        if let refusal = takeHeaders(request, &params, isWrite: !method.hasSuffix(".get") && !method.hasSuffix(".list"))
        {
            return Self.failure(refusal, status: .badRequest)
        }
        let context = CallContext(caller: caller, remoteAddress: context.remoteAddress)
        switch await dispatcher.call(method, params, context: context) {
        case .success(.value(let value)): return Responses.json(wrap(value), status: status)
        case .success(.text(let text)): return Responses.json(text, status: status)
        case .failure(let error): return Self.failure(error, status: Self.status(of: error.code))
        }
    }

    private struct Refusal: Error {
        var error: RPCError
        var status: HTTPResponse.Status
    }

    private func body(_ request: Request) async -> Result<JSONObject, Refusal> {
        guard RPCEndpoint.isJSON(request.headers[.contentType]) else {
            return .failure(
                Refusal(
                    error: .invalidRequest("the content type must be application/json"), status: .unsupportedMediaType))
        }
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: ControlPlaneConfiguration.maxBody)
        } catch is NIOTooManyBytesError {
            return .failure(
                Refusal(
                    error: .invalidRequest("the body is larger than \(ControlPlaneConfiguration.maxBody) bytes"),
                    status: .contentTooLarge))
        } catch {
            return .failure(Refusal(error: .invalidRequest("the body did not come whole"), status: .badRequest))
        }
        do {
            guard let object = try JSONValue.parse(Array(bytes.readableBytesView), limits: .standard).object else {
                return .failure(Refusal(error: .invalidRequest("the body must be an object"), status: .badRequest))
            }
            return .success(object)
        } catch {
            return .failure(Refusal(error: .parse(error.description), status: .badRequest))
        }
    }

    /// What REST puts into headers, as params; those win that stand in the body.
    private func takeHeaders(_ request: Request, _ params: inout JSONObject, isWrite: Bool) -> RPCError? {
        guard isWrite else { return nil }
        if let key = HTTPField.Name("idempotency-key").flatMap({ request.headers[$0] }), params["idempotencyKey"] == nil
        {
            params["idempotencyKey"] = .string(key)
        }
        if let match = request.headers[.ifMatch], params["ifRevision"] == nil {
            let digits =
                match.hasPrefix("\"") && match.hasSuffix("\"") && match.count > 2
                ? String(match.dropFirst().dropLast()) : match
            guard let revision = Int64(digits) else {
                return .invalidParams("/ifRevision", "If-Match must be a revision")
            }
            params["ifRevision"] = .integer(revision)
        }
        return nil
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

    private static func failure(
        _ error: RPCError, status: HTTPResponse.Status, headers: HTTPFields = [:]
    ) -> Response {
        Responses.json(
            [
                "success": false,
                "error": [
                    "code": .integer(error.code.rawValue), "message": .string(error.message),
                    "details": error.data?["errors"] ?? error.data ?? .null,
                ],
            ], status: status, headers: headers)
    }
}
