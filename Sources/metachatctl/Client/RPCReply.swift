import ControlAPI
import JSONCoding
import JSONRPC

/// Reads what the control plane answered; pure.
enum RPCReply {
    /// Results may be whole configurations.
    static let limits = JSONLimits(maxBytes: 256 << 20, maxDepth: 128, maxValues: 20_000_000)

    /// The result of the one call.
    ///
    /// - Throws: ``RPCError`` for what the control plane refused, ``CtlFailure`` for what is no answer.
    static func result(status: UInt, body: [UInt8], url: String) throws -> JSONValue {
        let answer: JSONValue
        do {
            answer = try JSONValue.parse(body, limits: limits)
        } catch {
            throw noAnswer(status: status, url: url)
        }
        if let error = answer["error"]?.object {
            guard let code = error["code"]?.integer else { throw noAnswer(status: status, url: url) }
            throw RPCError(
                RPCErrorCode(rawValue: code), error["message"]?.string ?? "", data: error["data"])
        }
        guard let result = answer["result"] else { throw noAnswer(status: status, url: url) }
        return result
    }

    private static func noAnswer(status: UInt, url: String) -> CtlFailure {
        let hint = "Is this the control plane's address? A node or another server may listen there."
        switch status {
        case 401:
            return CtlFailure(
                status: .noPermission, message: "\(url) does not accept the token", hint: FailureText.tokenHint)
        case 413:
            return CtlFailure(status: .refused, message: "the call is larger than the control plane takes (1 MiB)")
        case 429:
            return CtlFailure(
                status: .noPermission, message: "too many failed authentications from this address; wait a minute")
        case 500...599:
            return CtlFailure(status: .unavailable, message: "\(url) answered with HTTP status \(status)")
        case 200...299:
            return CtlFailure(status: .unavailable, message: "\(url) gave no JSON-RPC answer", hint: hint)
        default:
            return CtlFailure(
                status: .unavailable, message: "\(url) answered with HTTP status \(status)", hint: hint)
        }
    }
}
