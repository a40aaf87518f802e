package import Domain
package import JSONCoding
package import JSONRPC

extension RPCErrorCode {
    package static let unauthenticated = RPCErrorCode(rawValue: -32001)
    package static let forbidden = RPCErrorCode(rawValue: -32003)
    package static let notFound = RPCErrorCode(rawValue: -32004)
    package static let conflict = RPCErrorCode(rawValue: -32009)
    package static let notConverged = RPCErrorCode(rawValue: -32010)
    package static let rateLimited = RPCErrorCode(rawValue: -32029)
    package static let unavailable = RPCErrorCode(rawValue: -32050)
}

extension RPCError {
    package static let unauthenticated = RPCError(.unauthenticated, "Unauthenticated: a valid bearer token is needed")

    package static func forbidden(_ role: Role) -> RPCError {
        RPCError(.forbidden, "Forbidden for the role \(role.rawValue)")
    }

    /// - Parameter kind: the word for what was looked for: "tenant", "channel".
    package static func notFound(_ kind: String) -> RPCError { RPCError(.notFound, "No such \(kind)") }

    /// The entity has changed since the caller read it.
    package static func staleRevision(current: Int64) -> RPCError {
        RPCError(
            .conflict, "Conflict: changed since that revision", data: ["currentRevision": .integer(current)])
    }

    package static func conflict(_ detail: String, data: JSONValue? = nil) -> RPCError {
        RPCError(.conflict, "Conflict: \(detail)", data: data)
    }

    package static func notConverged(laggards: [JSONValue]) -> RPCError {
        RPCError(.notConverged, "The fleet did not converge in time", data: ["nodes": .array(laggards)])
    }

    package static func rateLimited(retryAfterMilliseconds: Int64) -> RPCError {
        RPCError(
            .rateLimited, "Too many failed authentications",
            data: ["retryAfterMs": .integer(retryAfterMilliseconds)])
    }

    /// - Parameter what: "database", "message broker".
    package static func unavailable(_ what: String) -> RPCError {
        RPCError(.unavailable, "The \(what) is not available, try again")
    }
}

extension ControlAPI {
    /// Every error of the API, as its document names it.
    package static let errors: [OpenRPC.ErrorKind] = [
        .init(name: "ParseError", code: .parseError, message: "Parse error"),
        .init(name: "InvalidRequest", code: .invalidRequest, message: "Invalid Request"),
        .init(name: "MethodNotFound", code: .methodNotFound, message: "Method not found"),
        .init(name: "InvalidParams", code: .invalidParams, message: "Invalid params"),
        .init(name: "InternalError", code: .internalError, message: "Internal error"),
        .init(name: "Unauthenticated", code: .unauthenticated, message: "Unauthenticated"),
        .init(name: "Forbidden", code: .forbidden, message: "Forbidden"),
        .init(name: "NotFound", code: .notFound, message: "No such entity"),
        .init(name: "Conflict", code: .conflict, message: "Conflict"),
        .init(name: "NotConverged", code: .notConverged, message: "The fleet did not converge in time"),
        .init(name: "RateLimited", code: .rateLimited, message: "Too many failed authentications"),
        .init(name: "Unavailable", code: .unavailable, message: "A dependency is not available"),
    ]

    /// The errors that every method may give.
    static let commonErrors: [RPCErrorCode] = [
        .invalidParams, .internalError, .unauthenticated, .forbidden, .unavailable,
    ]
}
