import AsyncHTTPClient
import JSONCoding
import Logging
import NIOCore
import NIOHTTP1

/// Reads `config.snapshot` from the first control plane that answers.
struct SnapshotSource: Sendable {
    /// Bases such as `http://127.0.0.1:7070`, tried in this order.
    var controlURLs: [String]
    var nodeToken: String
    /// Largest answer that is read, in bytes.
    var byteLimit: Int
    var client: HTTPClient

    enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        case unreachable(String)
        case status(UInt)
        case refused(code: Int64)
        case malformed(String)
        case tooLarge(limit: Int)

        var description: String {
            switch self {
            case .unreachable(let why): "unreachable (\(why))"
            case .status(401), .refused(-32001): "does not accept METACHAT_NODE_TOKEN"
            case .refused(-32003): "METACHAT_NODE_TOKEN does not have the role node"
            case .status(let status): "answers with HTTP status \(status)"
            case .refused(let code): "refuses with code \(code)"
            case .malformed(let why): "gives no readable snapshot (\(why))"
            case .tooLarge(let limit): "gives a snapshot of more than \(limit) bytes"
            }
        }
    }

    /// - Throws: ``Failure`` of every control plane in the list, or `CancellationError`.
    func read(since: Int64?) async throws -> SnapshotReading.Outcome {
        var failures: [String] = []
        for url in controlURLs {
            do {
                return try await read(since: since, from: url)
            } catch let failure as Failure {
                failures.append("\(url) \(failure)")
            }
        }
        throw SnapshotUnavailable(reason: failures.joined(separator: "; "))
    }

    private func read(since: Int64?, from url: String) async throws -> SnapshotReading.Outcome {
        var params = JSONObject()
        params.append("sinceRevision", since.map(JSONValue.integer))
        let call: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": "config.snapshot", "params": .object(params),
        ]
        var request = HTTPClientRequest(url: url + "/rpc")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer " + nodeToken)
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(call.serialized())
        do {
            let response = try await client.execute(request, timeout: .seconds(120))
            guard response.status == .ok else { throw Failure.status(response.status.code) }
            var reading = SnapshotReading()
            var count = 0
            for try await part in response.body {
                count += part.readableBytes
                guard count <= byteLimit else { throw Failure.tooLarge(limit: byteLimit) }
                try part.withUnsafeReadableBytes { try reading.feed($0) }
            }
            return try reading.finish()
        } catch let failure as Failure {
            throw failure
        } catch let failure as SnapshotReading.Failure {
            switch failure {
            case .malformed(let why): throw Failure.malformed(why)
            case .refused(let code): throw Failure.refused(code: code)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw Failure.unreachable("\(error)")
        }
    }
}

/// No control plane gave a snapshot.
struct SnapshotUnavailable: Error, Sendable, Hashable {
    var reason: String
}
