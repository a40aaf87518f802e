import JSONCoding

/// An error as the Graph API answers it.
struct GraphError: Error, Sendable, Hashable {
    /// HTTP status.
    var status: Int
    var code: Int64
    var subcode: Int64?
    /// Meta's one line, with the code in front: `(#100) Invalid parameter`.
    var message: String
    /// What exactly was wrong: `error_data.details`.
    var details: String?
    /// `Retry-After` in seconds.
    var retryAfter: Int64?

    /// The body, with a trace id that ties it to a log line, as Meta's does.
    func body(trace: String) -> JSONValue {
        var error: JSONObject = [
            "message": .string(message), "type": "OAuthException", "code": .integer(code),
        ]
        error.append("error_subcode", subcode.map(JSONValue.integer))
        if let details {
            error.append("error_data", ["messaging_product": "whatsapp", "details": .string(details)])
        }
        error.append("fbtrace_id", .string(trace))
        return ["error": .object(error)]
    }
}

extension GraphError {
    static let missingToken = GraphError(
        status: 401, code: 190, message: "An access token is required to request this resource.")
    static let badToken = GraphError(
        status: 401, code: 190, message: "Invalid OAuth access token - Cannot parse access token")
    static let tooLarge = GraphError(
        status: 413, code: 100, message: "(#100) Invalid parameter", details: "The request is larger than 1 MiB.")

    static func invalid(_ details: String) -> GraphError {
        GraphError(status: 400, code: 100, message: "(#100) Invalid parameter", details: details)
    }

    static func unknownObject(_ id: String) -> GraphError {
        GraphError(
            status: 400, code: 100, subcode: 33,
            message: "Unsupported post request. Object with ID '\(id)' does not exist, cannot be loaded due to "
                + "missing permissions, or does not support this operation")
    }

    static func unknownPath(_ path: String) -> GraphError {
        GraphError(status: 400, code: 2500, message: "Unknown path components: \(path)")
    }

    /// The error that a told code or HTTP status stands for, with the missing half filled in.
    static func told(status: Int?, code: Int64?, message: String?, details: String?) -> GraphError {
        let code = code ?? Self.code(forStatus: status ?? 500)
        let known = known[code]
        return GraphError(
            status: status ?? known?.status ?? 400, code: code,
            message: message ?? "(#\(code)) \(known?.title ?? "Told by a test")",
            details: details ?? known?.title)
    }

    /// The title that Meta's list of error codes gives a code.
    static func title(of code: Int64) -> String { known[code]?.title ?? "Error \(code)" }

    private static func code(forStatus status: Int) -> Int64 {
        switch status {
        case 401: 190
        case 403: 10
        case 429: 130_429
        case 500...: 2
        default: 100
        }
    }

    private static let known: [Int64: (status: Int, title: String)] = [
        1: (500, "API Unknown"),
        2: (503, "API Service"),
        3: (403, "API Method"),
        4: (400, "API Too Many Calls"),
        10: (403, "Permission Denied"),
        100: (400, "Invalid parameter"),
        190: (401, "Access token has expired"),
        368: (403, "Temporarily blocked for policies violations"),
        80_007: (400, "Rate limit issues"),
        130_429: (400, "Rate limit hit"),
        130_472: (400, "User's number is part of an experiment"),
        131_000: (500, "Something went wrong"),
        131_005: (403, "Access denied"),
        131_008: (400, "Required parameter is missing"),
        131_009: (400, "Parameter value is not valid"),
        131_016: (500, "Service unavailable"),
        131_026: (400, "Message undeliverable"),
        131_031: (403, "Business Account locked"),
        131_042: (400, "Business eligibility payment issue"),
        131_047: (400, "Re-engagement message"),
        131_048: (400, "Spam rate limit hit"),
        131_049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
        131_051: (400, "Unsupported message type"),
        131_053: (400, "Media upload error"),
        131_056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
        131_057: (403, "Account in maintenance mode"),
        132_000: (400, "Template Param Count Mismatch"),
        132_001: (404, "Template does not exist"),
        133_010: (400, "Phone number not registered"),
    ]
}
