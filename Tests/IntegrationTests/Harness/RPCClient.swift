import JSONCoding
import Synchronization

/// An error answer of the control plane.
struct RPCFailure: Error, CustomStringConvertible {
    let code: Int64
    let message: String
    let data: JSONValue?

    var description: String { "\(code) \(message) \(data?.text ?? "")" }
}

/// Speaks JSON-RPC 2.0 with one control plane.
final class RPCClient: Sendable {
    let url: String
    let token: String
    private let answers = Mutex<[String]?>(nil)

    init(url: String, token: String) {
        self.url = url
        self.token = token
    }

    /// Keeps every answer from now on, for tests that look for what must not be in any.
    func keepAnswers() { answers.withLock { $0 = [] } }
    var keptAnswers: [String] { answers.withLock { $0 ?? [] } }

    @discardableResult
    func call(_ method: String, _ params: JSONObject = [:]) async throws -> JSONValue {
        let reply = try await post(
            [
                "jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(params),
            ])
        guard reply.status == 200 else {
            throw RPCFailure(code: Int64(reply.status), message: "HTTP \(reply.status): \(reply.text)", data: nil)
        }
        let answer = try reply.json()
        if let error = answer["error"] {
            throw RPCFailure(
                code: error["code"]?.integer ?? 0, message: error["message"]?.string ?? "", data: error["data"])
        }
        guard let result = answer["result"] else {
            throw RPCFailure(code: 0, message: "neither result nor error: \(reply.text)", data: nil)
        }
        return result
    }

    /// Posts whatever is given, as it is.
    func post(raw body: [UInt8], headers: [(String, String)]? = nil) async throws -> HTTPReply {
        let headers = headers ?? [("content-type", "application/json"), ("authorization", "Bearer \(token)")]
        let reply = try await HTTP.send("POST", url + "/rpc", headers: headers, body: body, within: .seconds(120))
        answers.withLock { $0?.append(reply.text) }
        return reply
    }

    func post(_ value: JSONValue) async throws -> HTTPReply { try await post(raw: value.serialized()) }
}

extension JSONValue {
    /// The member that the contract promises.
    func member(_ path: String...) throws -> JSONValue {
        var value = self
        for name in path {
            guard let inner = value[name] else {
                throw InVain(description: "no \(name) in \(value.text)")
            }
            value = inner
        }
        return value
    }
}
