import ControlAPI
import HTTPTypes
import Hummingbird
import JSONCoding
import JSONRPC
import NIOCore

/// The control plane's answers.
enum Responses {
    static func json(
        _ text: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: text)))
    }

    static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        json(value.serialized(), status: status, headers: headers)
    }

    /// What never came to a call, in the form of one.
    static func refusal(_ refusal: Refusal) -> Response {
        json(
            ["jsonrpc": "2.0", "error": refusal.error.json, "id": nil], status: refusal.status,
            headers: refusal.headers)
    }

    static func methodNotAllowed(_ allowed: String) -> Response {
        json(
            ["error": .string("method not allowed, use \(allowed)")], status: .methodNotAllowed,
            headers: [.allow: allowed])
    }
}

/// Headers that keep browsers from doing anything with an API's answers.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    /// Served over HTTPS: browsers are told to stay there (RFC 6797).
    var isSecure = false

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError {
            response = try error.response(from: request, context: context)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "no-store"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        for (name, value) in Self.others { response.headers[name] = value }
        return response
    }

    private static var others: [(HTTPField.Name, String)] {
        [("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")].compactMap { name, value in
            HTTPField.Name(name).map { ($0, value) }
        }
    }
}
