import AsyncHTTPClient
import ControlAPI
import ControlPlane
import Domain
import JSONCoding
import Logging
import NIOCore
import NIOHTTP1
import Observability
import Sealing
import ServiceLifecycle
import Support
import Synchronization
import Testing

struct ControlPlaneServerTests {
    let store = FakeConfigStore()
    let broker = MemoryBroker()

    struct Reply: Sendable {
        var status: Int
        var headers: [String: String]
        var body: String
        var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
        var code: Int64? { json["error"]?["code"]?.integer }
    }

    /// Runs a body beside a server on a free port of loopback; gives the base URL.
    func withServer<R: Sendable>(_ body: @Sendable (String) async throws -> R) async throws -> R {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = ControlPlaneServer(
            ControlPlaneConfiguration(port: 0, adminToken: "admin-token", nodeToken: "node-token"), store: store,
            access: store, outbox: store, documents: MemoryDocumentStore(), messages: StubMessageStore(),
            probe: FakeProbe(), broker: broker,
            keyring: try Keyring(parsing: Keyring.generateKeyEntry()), uptime: { 0 }, logger: .quiet,
            onListening: { continuation.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: .quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let result = try await body("http://127.0.0.1:\(port)")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    func send(
        _ method: String, _ url: String, token: String? = "admin-token", type: String? = "application/json",
        body: HTTPClientRequest.Body? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let type, body != nil { request.headers.add(name: "Content-Type", value: type) }
        request.body = body
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 },
            body: String(buffer: bytes))
    }

    private func call(_ url: String, _ text: String, token: String? = "admin-token") async throws -> Reply {
        try await send("POST", url + "/rpc", token: token, body: .bytes(ByteBuffer(string: text)))
    }

    private let list = #"{"jsonrpc":"2.0","method":"tenant.list","id":1}"#

    @Test func callsAreAnswered() async throws {
        try await withServer { url async throws in
            let reply = try await call(url, list)
            #expect(reply.status == 200)
            #expect(reply.json == ["jsonrpc": "2.0", "result": ["items": [], "nextCursor": nil], "id": 1])
            #expect(reply.headers["content-type"] == "application/json; charset=utf-8")
            #expect(reply.headers["x-content-type-options"] == "nosniff")
            #expect(reply.headers["cache-control"] == "no-store")
            #expect(reply.headers["x-frame-options"] == "DENY")
            let create = #"{"jsonrpc":"2.0","method":"tenant.create","params":{"id":"acme","name":"A"},"id":"x"}"#
            #expect(try await call(url, create).json["result"]?["revision"] == 1)
            try await broker.wait { $0.published(to: ConfigPublisher.exchange).count == 1 }
        }
    }

    @Test func errorsOfTheExchangeAreStill200() async throws {
        try await withServer { url async throws in
            for (text, code) in [("{", -32700), ("[]", -32600), (#"{"jsonrpc":"2.0","method":"x","id":1}"#, -32601)] {
                let reply = try await call(url, text)
                #expect(reply.status == 200)
                #expect(reply.code == Int64(code))
            }
        }
    }

    @Test func nothingToAnswerIs204() async throws {
        try await withServer { url async throws in
            let notification = #"{"jsonrpc":"2.0","method":"tenant.create","params":{"id":"acme","name":"A"}}"#
            for text in [notification, "[\(notification),\(notification)]"] {
                let reply = try await call(url, text)
                #expect(reply.status == 204)
                #expect(reply.body.isEmpty)
            }
            #expect(store.committedState.tenants.count == 1)
        }
    }

    @Test func whoHasNoTokenIsTurnedAway() async throws {
        try await withServer { url async throws in
            for token in [nil, "wrong", "admin-token2"] {
                let reply = try await call(url, list, token: token)
                #expect(reply.status == 401)
                #expect(reply.code == -32001)
                #expect(reply.headers["www-authenticate"] == "Bearer")
            }
            #expect(try await call(url, list, token: "node-token").code == -32003)
            let snapshot = #"{"jsonrpc":"2.0","method":"config.snapshot","id":1}"#
            #expect(try await call(url, snapshot, token: "node-token").json["result"]?["revision"] == 0)
        }
    }

    @Test func manyFailuresAreLimitedAndValidTokensGoOn() async throws {
        try await withServer { url async throws in
            let reply = try await refused(after: 20) { try await call(url, list, token: "wrong") }
            #expect(reply.code == -32029)
            let milliseconds = try #require(reply.json["error"]?["data"]?["retryAfterMs"]?.integer)
            #expect((1...60_000).contains(milliseconds))
            #expect(reply.headers["retry-after"] != nil)
            #expect(try await call(url, list).status == 200)
            _ = try await refused(after: 0) { try await call(url, list, token: nil) }
        }
    }

    /// Fails until it is told to wait, which it must be after `count` failures of one minute; on a busy machine the
    /// minute may be over before, and the next one begins.
    private func refused(after count: Int, _ fail: () async throws -> Reply) async throws -> Reply {
        for failures in 0..<1000 {
            let reply = try await fail()
            if reply.status == 429 {
                #expect(failures >= count)
                return reply
            }
            #expect(reply.status == 401)
        }
        throw MemoryBroker.Late()
    }

    @Test func otherMethodsAndPathsAreRefused() async throws {
        try await withServer { url async throws in
            for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
                let reply = try await send(method, url + "/rpc")
                #expect(reply.status == 405)
                #expect(reply.headers["allow"] == "POST")
            }
            #expect(try await send("POST", url + "/health").status == 405)
            #expect(try await send("GET", url + "/nowhere").status == 404)
            #expect(try await send("GET", url + "/nowhere").headers["x-content-type-options"] == "nosniff")
        }
    }

    @Test func theContentTypeMustBeJSON() async throws {
        try await withServer { url async throws in
            for type in ["text/plain", "application/x-www-form-urlencoded", nil] {
                let reply = try await send(
                    "POST", url + "/rpc", type: type, body: .bytes(ByteBuffer(string: list)))
                #expect(reply.status == 415)
            }
            for type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
                let reply = try await send("POST", url + "/rpc", type: type, body: .bytes(ByteBuffer(string: list)))
                #expect(reply.status == 200)
            }
        }
    }

    @Test func aBodyOverOneMebibyteIsRefused() async throws {
        try await withServer { url async throws in
            let limit = ControlPlaneConfiguration.maxBody
            let exact = list + String(repeating: " ", count: limit - list.utf8.count)
            #expect(try await call(url, exact).status == 200)
            let reply = try await call(url, exact + " ")
            #expect(reply.status == 413)
            #expect(reply.code == -32600)
            // In pieces, without a length.
            let chunk = ByteBuffer(repeating: UInt8(ascii: " "), count: 256 << 10)
            let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
            for _ in 0..<5 { continuation.yield(chunk) }
            continuation.finish()
            let streamed = try await send("POST", url + "/rpc", body: .stream(stream, length: .unknown))
            #expect(streamed.status == 413)
        }
    }

    @Test func theDocumentIsServed() async throws {
        try await withServer { url async throws in
            let reply = try await send("GET", url + "/openrpc.json", token: "node-token")
            #expect(reply.body == ControlAPI.openRPC.prettyText)
            #expect(try await send("GET", url + "/openrpc.json", token: nil).status == 401)
            let discovered = try await call(url, #"{"jsonrpc":"2.0","method":"rpc.discover","id":1}"#)
            #expect(discovered.json["result"] == ControlAPI.openRPC)
        }
    }

    @Test func probesTellHowItIs() async throws {
        try await withServer { url async throws in
            // A look that takes two seconds, which on a busy machine any may, counts as none.
            #expect(await eventually { await (try? send("GET", url + "/ready", token: nil))?.status == 200 })
            #expect(
                await eventually { await (try? send("GET", url + "/health", token: nil))?.json["status"] == "ok" })
            #expect(try await send("HEAD", url + "/health", token: nil).body.isEmpty)
            _ = try await call(url, list)
            let metrics = try await send("GET", url + "/metrics", token: nil)
            #expect(metrics.status == 200)
            #expect(metrics.body.contains(#"metachat_rpc_calls_total{code="0",method="tenant.list"} 1"#))
        }
    }

    @Test func withoutItsDatabaseItIsUnreadyAndLives() async throws {
        store.fail(with: .unavailable("gone"))
        broker.set(up: false)
        try await withServer { url async throws in
            let ready = try await send("GET", url + "/ready", token: nil)
            #expect(ready.status == 503)
            #expect(ready.headers["retry-after"] != nil)
            let health = try await send("GET", url + "/health", token: nil)
            #expect(health.status == 200)
            #expect(health.json["status"] == "degraded")
            #expect(health.json["dependencies"] == ["database": ["status": "down"], "broker": ["status": "down"]])
            #expect(try await call(url, list).code == -32050)
        }
    }

    @Test func aProcessThatStopsLetsNobodyWait() async throws {
        let stopped = Locked(ContinuousClock.now)
        let waiting = try await withServer { url -> Task<Reply, any Error> in
            try await broker.wait { $0.listeners(of: FleetRegistry.exchange) == 1 }
            try await broker.publish(
                BrokerMessage(
                    exchange: FleetRegistry.exchange, routingKey: "",
                    body: Samples.report("a", revision: 1).json.serialized()), timeoutMilliseconds: 1000)
            func text(_ timeout: Int) -> String {
                #"{"jsonrpc":"2.0","method":"fleet.wait","params":{"revision":2,"timeoutMs":\#(timeout)},"id":1}"#
            }
            let deadline = ContinuousClock.now + .seconds(120)
            while try await call(url, text(0)).code != -32010, ContinuousClock.now < deadline {}
            let task = Task { try await call(url, text(60_000)) }
            for _ in 0..<20 { _ = try await send("GET", url + "/health", token: nil) }
            stopped.withLock { $0 = ContinuousClock.now }
            return task
        }
        #expect(
            ContinuousClock.now - stopped.withLock { $0 } < .seconds(50), "it did not wait for its time to pass")
        // A call that came too late found nobody listening.
        if case .success(let reply) = await waiting.result { #expect(reply.code == -32050) }
    }

    @Test func theFleetIsAwaited() async throws {
        try await withServer { url async throws in
            try await broker.wait { $0.listeners(of: FleetRegistry.exchange) == 1 }
            func wait(_ revision: Int, _ timeout: Int) async throws -> Reply {
                try await call(
                    url,
                    #"{"jsonrpc":"2.0","method":"fleet.wait","params":{"revision":\#(revision),"timeoutMs":\#(timeout)},"id":1}"#
                )
            }
            func report(_ revision: Int64) async throws {
                try await broker.publish(
                    BrokerMessage(
                        exchange: FleetRegistry.exchange, routingKey: "",
                        body: Samples.report("a", revision: revision).json.serialized()), timeoutMilliseconds: 1000)
            }
            #expect(try await wait(1, 60_000).json["result"]?["converged"] == true)
            try await report(1)
            var late = try await wait(2, 10)
            let deadline = ContinuousClock.now + .seconds(120)
            while late.code != -32010, ContinuousClock.now < deadline { late = try await wait(2, 10) }
            #expect(late.json["error"]?["data"]?["nodes"]?.array?.first?["id"] == "a")
            async let waiting = wait(2, 60_000)
            try await report(2)
            let converged = try await waiting
            #expect(converged.json["result"]?["nodes"]?.array?.first?["revision"] == 2)
            let fleet = try await call(url, #"{"jsonrpc":"2.0","method":"fleet.list","id":1}"#)
            #expect(fleet.json["result"]?["nodes"]?.array?.first?["status"] == "ready")
        }
    }
}
