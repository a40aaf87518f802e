package import JSONCoding

/// The number that tells a JSON-RPC error's kind.
package struct RPCErrorCode: RawRepresentable, Sendable, Hashable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    // JSON-RPC 2.0 §5.1.
    package static let parseError = RPCErrorCode(rawValue: -32700)
    package static let invalidRequest = RPCErrorCode(rawValue: -32600)
    package static let methodNotFound = RPCErrorCode(rawValue: -32601)
    package static let invalidParams = RPCErrorCode(rawValue: -32602)
    package static let internalError = RPCErrorCode(rawValue: -32603)
}

/// A call's failure, as the caller sees it. Holds nothing the caller must not know.
package struct RPCError: Error, Sendable, Hashable {
    package var code: RPCErrorCode
    /// One short sentence.
    package var message: String
    package var data: JSONValue?

    package init(_ code: RPCErrorCode, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    package var json: JSONValue {
        var object: JSONObject = ["code": .integer(code.rawValue), "message": .string(message)]
        object.append("data", data)
        return .object(object)
    }
}

extension RPCError {
    package static func parse(_ detail: String) -> RPCError {
        RPCError(.parseError, "Parse error", data: ["detail": .string(detail)])
    }

    package static func invalidRequest(_ detail: String) -> RPCError {
        RPCError(.invalidRequest, "Invalid Request", data: ["detail": .string(detail)])
    }

    package static func methodNotFound(_ name: String) -> RPCError {
        // The name is the caller's own; a long one is cut, an answer must not be longer than its call.
        RPCError(
            .methodNotFound, "Method not found",
            data: ["method": .string(String(String.UnicodeScalarView(name.unicodeScalars.prefix(100))))])
    }

    /// Every fault of the params at once: `data.errors: [{path, message}]`, JSON Pointers relative to `params`.
    package static func invalidParams(_ faults: JSONFaults) -> RPCError {
        RPCError(.invalidParams, "Invalid params", data: ["errors": faults.json])
    }

    /// One fault of the params that shows only once their meaning is known.
    package static func invalidParams(_ path: String, _ message: String) -> RPCError {
        invalidParams(JSONFaults([JSONFault(path: path, message: message)]))
    }

    /// - Parameter reference: what the log entry with the true cause is found by.
    package static func internalError(reference: String) -> RPCError {
        RPCError(.internalError, "Internal error", data: ["reference": .string(reference)])
    }
}
