import AsyncHTTPClient
import JSONCoding
import NIOCore
import NIOHTTP1

/// Calls the control plane over JSON-RPC.
struct DevRPC: Sendable {
    let url: String
    let token: String

    struct Failure: Error, CustomStringConvertible {
        var method: String
        var code: Int64
        var message: String
        var description: String { "\(method): \(code) \(message)" }
    }

    /// - Throws: ``Failure`` for what the control plane refused.
    @discardableResult
    func call(_ method: String, _ params: JSONObject) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url + "/rpc")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        let body: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(params)]
        request.body = .bytes(ByteBuffer(bytes: body.serialized()))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(70))
        let bytes = Array(buffer: try await response.body.collect(upTo: 4 << 20))
        guard response.status == .ok else {
            throw Failure(method: method, code: Int64(response.status.code), message: "HTTP \(response.status)")
        }
        let answer: JSONValue
        do {
            answer = try JSONValue.parse(bytes)
        } catch {
            throw Failure(method: method, code: 0, message: "the answer is not JSON: \(error)")
        }
        if let error = answer["error"] {
            throw Failure(
                method: method, code: error["code"]?.integer ?? 0,
                message: (error["message"]?.string ?? "") + (error["data"].map { " \($0.text)" } ?? ""))
        }
        return answer["result"] ?? .null
    }

    /// The result, or nil where there is no such thing.
    func find(_ method: String, _ params: JSONObject) async throws -> JSONValue? {
        do { return try await call(method, params) } catch let failure as Failure where failure.code == -32_004 {
            return nil
        }
    }

    /// Whether a GET of this URL is answered with 200.
    static func isOK(_ url: String) async -> Bool {
        do {
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(2))
            _ = try await response.body.collect(upTo: 1 << 20)
            return response.status == .ok
        } catch {
            return false
        }
    }
}
