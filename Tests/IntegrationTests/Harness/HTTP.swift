import AsyncHTTPClient
import JSONCoding
import NIOCore
import NIOHTTP1

/// A whole answer.
struct HTTPReply: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSONValue {
        // A list holds what a request held, some levels deeper.
        try JSONValue.parse(body, limits: JSONLimits(maxBytes: 64 << 20, maxDepth: 128, maxValues: 2_000_000))
    }
}

/// Requests of tests, over one shared client.
enum HTTP {
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(15)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        // A program that was killed leaves dead connections: they must not be taken for those of its next life.
        configuration.connectionPool.idleTimeout = .milliseconds(200)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    static func send(
        _ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        within bound: Duration = .seconds(90)
    ) async throws -> HTTPReply {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let answer = try await client.execute(
            request, deadline: .now() + .milliseconds(Int64(bound.milliseconds)))
        let whole = try await answer.body.collect(upTo: 128 << 20)
        var headers: [String: String] = [:]
        for (name, value) in answer.headers { headers[name.lowercased()] = value }
        return HTTPReply(status: Int(answer.status.code), headers: headers, body: Array(whole.readableBytesView))
    }

    static func get(_ url: String, headers: [(String, String)] = []) async throws -> HTTPReply {
        try await send("GET", url, headers: headers)
    }

    static func post(_ url: String, json: JSONValue, headers: [(String, String)] = []) async throws -> HTTPReply {
        try await send(
            "POST", url, headers: [("content-type", "application/json")] + headers, body: json.serialized())
    }
}
