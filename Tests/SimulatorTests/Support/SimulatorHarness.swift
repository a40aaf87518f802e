import AsyncHTTPClient
import JSONCoding
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Simulator
import Testing

/// A running simulator with a webhook receiver behind it, spoken to over real HTTP.
struct SimulatorHarness: Sendable {
    let port: Int
    let receiver: WebhookReceiver
    let receiverPort: Int

    static let numberID = "106540352242922"
    static let appSecret = "app-secret-of-the-tests"
    static let accessToken = "EAAtoken"
    static let verifyToken = "verify me & more"

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var text: String

        var json: JSONValue {
            get throws { try JSONValue.parse(text) }
        }
    }

    /// Runs `body` beside a simulator with one number, whose statuses come at once.
    static func run(_ body: @escaping @Sendable (SimulatorHarness) async throws -> Void) async throws {
        try await changing({ _ in }).run(body)
    }

    /// The same with another configuration.
    static func changing(_ configure: @escaping @Sendable (inout SimulatorConfiguration) -> Void) -> Setup {
        Setup(configure: configure)
    }

    struct Setup: Sendable {
        let configure: @Sendable (inout SimulatorConfiguration) -> Void

        func run(_ body: @escaping @Sendable (SimulatorHarness) async throws -> Void) async throws {
            try await SimulatorHarness.run(configure, body)
        }
    }

    private static func run(
        _ configure: (inout SimulatorConfiguration) -> Void,
        _ body: @escaping @Sendable (SimulatorHarness) async throws -> Void
    ) async throws {
        let receiver = WebhookReceiver()
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = receiver.application(verifyToken: verifyToken) { found.yield($0) }
        var logger = Logger(label: "simulator")
        logger.logLevel = .critical
        var configuration = SimulatorConfiguration(
            appSecret: appSecret, verifyToken: verifyToken, accessToken: accessToken,
            numbers: [BusinessNumber(id: numberID, displayNumber: "15550783881", businessAccountID: "102290129340398")])
        configuration.settings.sentAfter = 0
        configuration.settings.deliveredAfter = 1
        configuration.settings.readAfter = nil
        configuration.settings.retryBase = 10
        configure(&configuration)
        try await withThrowingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask { try await application.run() }
            var iterator = ports.makeAsyncIterator()
            let receiverPort = try #require(await iterator.next())
            if configuration.webhookURL == nil {
                configuration.webhookURL = "http://127.0.0.1:\(receiverPort)/hook"
            }
            let server = SimulatorServer(configuration: configuration, logger: logger)
            group.addTask { try await server.run() }
            let port = try await server.port
            try await body(SimulatorHarness(port: port, receiver: receiver, receiverPort: receiverPort))
        }
    }

    func call(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, headers: HTTPHeaders = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        request.headers = headers
        if let body {
            if !headers.contains(name: "content-type") {
                request.headers.add(name: "content-type", value: "application/json")
            }
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let text = String(buffer: try await response.body.collect(upTo: 16 << 20))
        return Answer(status: Int(response.status.code), headers: response.headers, text: text)
    }

    func send(_ body: String, token: String? = accessToken, number: String = numberID) async throws -> Answer {
        var headers = HTTPHeaders()
        if let token { headers.add(name: "authorization", value: "Bearer \(token)") }
        return try await call(.POST, "/v26.0/\(number)/messages", body, headers: headers)
    }

    static func text(_ text: String, to: String = "447700900101", opaque: String? = nil) -> String {
        var message: JSONObject = [
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": .string(to), "type": "text",
            "text": ["preview_url": false, "body": .string(text)],
        ]
        message.append("biz_opaque_callback_data", opaque.map(JSONValue.string))
        return JSONValue.object(message).text
    }

    /// The entries of a log, waiting until there are `count`.
    func log(_ name: String, count: Int) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        while items.count < count {
            let page = try await call(.GET, "/simulator/\(name)?after=\(items.count)&waitMs=60000").json
            let more = try #require(page["items"]?.array)
            try #require(!more.isEmpty, "the log \(name) has \(items.count) of \(count) entries")
            items += more
        }
        return items
    }
}
