import ControlAPI
import Domain
import HTTPTypes
import Hummingbird
import JSONRPC
import NIOCore

/// Why a request never comes to a call, in the terms that JSON-RPC and REST answer in their own forms.
struct Refusal: Error {
    var error: RPCError
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
}

extension Authenticator {
    /// The caller of a request.
    func admit(_ request: Request, from address: String) async throws(Refusal) -> Caller {
        switch await judge(request, from: address) {
        case .caller(let caller): return caller
        case .unavailable:
            throw Refusal(
                error: .unavailable("database"), status: .serviceUnavailable, headers: [.retryAfter: "1"])
        case .unauthenticated:
            throw Refusal(error: .unauthenticated, status: .unauthorized, headers: [.wwwAuthenticate: "Bearer"])
        case .limited(let milliseconds):
            throw Refusal(
                error: .rateLimited(retryAfterMilliseconds: milliseconds), status: .tooManyRequests,
                headers: [.retryAfter: String((milliseconds + 999) / 1000)])
        }
    }
}

extension Request {
    /// The body of a request that must be JSON.
    func readJSON() async throws(Refusal) -> [UInt8] {
        guard Self.isJSON(headers[.contentType]) else {
            throw Refusal(
                error: .invalidRequest("the content type must be application/json"), status: .unsupportedMediaType)
        }
        let limit = ControlPlaneConfiguration.maxBody
        let tooLarge = Refusal(
            error: .invalidRequest("the body is larger than \(limit) bytes"), status: .contentTooLarge)
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        do {
            return Array(try await body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw Refusal(error: .invalidRequest("the body did not come whole"), status: .badRequest)
        }
    }

    static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        return type == "application/json" || type == "application/json-rpc" || type == "application/jsonrequest"
    }
}
