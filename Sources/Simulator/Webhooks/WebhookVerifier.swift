import AsyncHTTPClient
import JSONCoding
import NIOCore
import NIOHTTP1

/// Asks a webhook URL whether it is the business's, as Meta does when an app subscribes.
struct WebhookVerifier: Sendable {
    let client: HTTPClient
    /// For numbers without a verify token of their own.
    let token: String?

    /// - Returns: `{ok, status?, answer?, error?}`.
    func verify(_ url: String, token own: String?) async -> JSONValue {
        let challenge = String(UInt32.random(in: 100_000_000 ... .max))
        let token = own ?? self.token ?? ""
        let query = "hub.mode=subscribe&hub.challenge=\(challenge)&hub.verify_token=\(Self.escaped(token))"
        do {
            let request = HTTPClientRequest(url: url + (url.contains("?") ? "&" : "?") + query)
            let response = try await client.execute(request, timeout: .seconds(10))
            let answer = String(buffer: try await response.body.collect(upTo: 4096))
            return [
                "ok": .bool(response.status == .ok && answer == challenge),
                "status": JSONValue(Int(response.status.code)), "answer": .string(answer),
            ]
        } catch {
            return ["ok": false, "error": .string(String(describing: error))]
        }
    }

    /// Percent-encoding of everything but unreserved characters (RFC 3986 §2.3).
    static func escaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: output.append(byte)
            default: output += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
