import AsyncHTTPClient
import Broker
import ControlAPI
import ControlPlane
import Database
import Domain
import JSONCoding
import Logging
import NIOCore
import NIOHTTP1
import Sealing
import ServiceLifecycle
import Support
import Synchronization
import Testing

/// The control plane over a real PostgreSQL and RabbitMQ.
struct RealServicesTests {
    /// In names of tenants: the fanout may be that of other runs, too.
    let tag = UInt32.random(in: 0 ... .max)

    /// What the tests do by RPC.
    struct RPC: Sendable {
        let url: String

        func call(_ method: String, _ params: JSONObject) async throws -> JSONValue {
            let answer = try await answer(method, params)
            return try #require(answer["result"], "\(method): \(answer["error"]?.text ?? "")")
        }

        /// Reads an entity and changes it, from the start again as long as somebody else was faster.
        ///
        /// - Returns: how often somebody was.
        func change(_ entity: String, _ id: JSONValue, _ change: (JSONValue) -> JSONObject) async throws -> Int {
            for lost in 0..<1000 {
                let current = try await call("\(entity).get", ["id": id])
                var params = change(current)
                params.append("id", id)
                params.append("ifRevision", current["revision"])
                let answer = try await answer("\(entity).update", params)
                if answer["result"] != nil { return lost }
                try #require(answer["error"]?["code"] == -32009, "\(answer.text)")
                try #require(answer["error"]?["data"]?["currentRevision"] != nil, "\(answer.text)")
            }
            throw DependencyError.unavailable("\(entity) \(id.text) changes too often")
        }

        /// The whole answer.
        func answer(_ method: String, _ params: JSONObject) async throws -> JSONValue {
            var request = HTTPClientRequest(url: url + "/rpc")
            request.method = .POST
            request.headers.add(name: "Authorization", value: "Bearer admin-token")
            request.headers.add(name: "Content-Type", value: "application/json")
            let text: JSONValue = ["jsonrpc": "2.0", "method": .string(method), "params": .object(params), "id": 1]
            request.body = .bytes(ByteBuffer(bytes: text.serialized()))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            let body = try await response.body.collect(upTo: 64 << 20)
            return try JSONValue.parse(Array(body.readableBytesView), limits: JSONLimits(maxBytes: 64 << 20))
        }
    }

    /// The config events of one tenant that pass through the fanout.
    final class Recorder: Sendable {
        private let events = Mutex<[ConfigEvent]>([])
        /// As they came for the first time: what the broker does not confirm in time is published again.
        var revisions: [Int64] {
            var seen: Set<Int64> = []
            return events.withLock { $0.map(\.revision) }.filter { seen.insert($0).inserted }
        }
        var last: ConfigEvent? { events.withLock { $0.last } }

        init(_ broker: BrokerClient, tenants: String) async throws {
            let handler: @Sendable (any Domain.Delivery) -> Void = { [self] delivery in
                delivery.acknowledge()
                guard let value = try? JSONValue.parse(delivery.body),
                    let event = try? JSONReader.read(value, ConfigEvent.init(reading:)),
                    event.tenantID.hasPrefix(tenants), delivery.messageID == String(event.revision)
                else { return }
                events.withLock { $0.append(event) }
            }
            _ = try await broker.consume(
                .exclusive(boundTo: ConfigPublisher.exchange, rebound: {}), prefetch: 256, handler: handler)
        }
    }

    private func withSite<R: Sendable>(
        _ body: @Sendable (RPC, BrokerClient, PostgresPool) async throws -> R
    ) async throws -> R {
        let rabbit = try await RabbitServer.sharedURL()
        return try await PostgresFixture.withDatabase(
            template: "control plane",
            prepare: {
                try await Migrator(PostgresConfiguration(url: $0, connectTimeout: .seconds(60)), logger: .quiet).apply()
            },
            { database in
                let settings = PostgresPool.Configuration(
                    connection: PostgresConfiguration(url: database, connectTimeout: .seconds(60)), size: 8,
                    acquireTimeout: .seconds(60))
                return try await PostgresPool.with(settings, logger: .quiet) { pool in
                    let broker = try BrokerClient(
                        configuration: BrokerConfiguration(url: try BrokerURL(parsing: rabbit)), logger: .quiet)
                    try broker.start()
                    try #require(await broker.waitUntilUp(within: .seconds(120)))
                    let result = try await run(pool, broker) { try await body($0, broker, pool) }
                    await broker.close(within: .seconds(30))
                    return result
                }
            })
    }

    private func run<R: Sendable>(
        _ pool: PostgresPool, _ broker: BrokerClient, _ body: @Sendable (RPC) async throws -> R
    ) async throws -> R {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = ControlPlaneServer(
            ControlPlaneConfiguration(port: 0, adminToken: "admin-token", nodeToken: nil),
            store: PostgresConfigStore(pool), access: PostgresConfigStore(pool), outbox: PostgresConfigOutbox(pool),
            documents: PostgresDocumentStore(pool), messages: PostgresMessageStore(pool),
            fleetStore: PostgresFleetStore(pool), probe: FakeProbe(), broker: broker,
            keyring: try Keyring(parsing: Keyring.generateKeyEntry()), logger: .quiet,
            onListening: { continuation.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: .quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let result = try await body(RPC(url: "http://127.0.0.1:\(port)"))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    @Test func eightWritersAtOnceLeaveNoGapAndTheFanoutKeepsTheirOrder() async throws {
        try await withSite { rpc, broker, _ in
            let recorder = try await Recorder(broker, tenants: "writers\(tag)-")
            let revisions = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        let tenant = "writers\(tag)-\(writer)"
                        var seen: [JSONValue] = [
                            try await rpc.call("tenant.create", ["id": .string(tenant), "name": "W"])
                        ]
                        for round in 0..<20 {
                            seen.append(
                                try await rpc.call(
                                    "tenant.update", ["id": .string(tenant), "name": .string("round \(round)")]))
                        }
                        return seen.compactMap { $0["revision"]?.integer }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for own in revisions { #expect(own == own.sorted()) }
            #expect(revisions.flatMap { $0 }.sorted() == Array(1...168))
            #expect(await eventually { recorder.revisions.last == 168 })
            #expect(recorder.revisions == Array(1...168))
        }
    }

    @Test func anUpdateOfACounterIsNeverLost() async throws {
        try await withSite { rpc, _, _ in
            _ = try await rpc.call("tenant.create", ["id": "counted", "name": "0"])
            let conflicts = Locked(0)
            // Each adds one to what it has read; whoever comes too late reads again.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<5 {
                            let lost = try await rpc.change("tenant", "counted") { tenant in
                                ["name": .string(String((Int(tenant["name"]?.string ?? "") ?? 0) + 1))]
                            }
                            conflicts.withLock { $0 += lost }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let tenant = try await rpc.call("tenant.get", ["id": "counted"])
            #expect(tenant["name"] == "40")
            #expect(tenant["revision"] == 41, "each success is one change")
            #expect(conflicts.withLock { $0 } > 0, "else nobody came too late, and the test proves nothing")
        }
    }

    @Test func parallelDuplicatesUnderOneKeyAreOne() async throws {
        try await withSite { rpc, _, _ in
            let results = try await withThrowingTaskGroup(of: JSONValue.self) { group in
                for _ in 0..<16 {
                    group.addTask { try await rpc.call("tenant.create", ["name": "Twin", "idempotencyKey": "k"]) }
                }
                return try await group.reduce(into: Set<JSONValue>()) { $0.insert($1) }
            }
            #expect(results.count == 1)
            #expect(try await rpc.call("tenant.list", [:])["items"]?.array?.count == 1)
            #expect(try await rpc.call("config.snapshot", [:])["revision"] == 1)
        }
    }

    @Test func aTenantsLifeOnRealServices() async throws {
        let lively = "lively\(tag)"
        try await withSite { rpc, broker, _ in
            let recorder = try await Recorder(broker, tenants: lively)
            _ = try await rpc.call(
                "tenant.create",
                ["id": .string(lively), "name": "L", "settings": ["locale": ["de"], "tone": "casual"]])
            let channel = try await rpc.call(
                "channel.create",
                [
                    "id": "lively-wa", "tenantId": .string(lively), "type": "whatsapp",
                    "config": ["phoneNumberId": "1", "businessAccountId": "2"],
                    "secrets": ["accessToken": "PLANTED-a", "appSecret": "PLANTED-b"],
                ])
            #expect(channel["revision"] == 4)
            #expect(try await rpc.call("channel.get", ["id": "lively-wa"]) == channel)
            #expect(try await rpc.call("channel.list", ["tenantId": .string(lively)])["items"] == [channel])
            let put = try await rpc.call(
                "document.put",
                [
                    "tenantId": .string(lively), "title": "Öffnungszeiten", "mimeType": "text/markdown",
                    "content": "# Zeiten\n\nUnsere Läden öffnen werktags um neun Uhr.", "idempotencyKey": "d",
                ])
            #expect(put["chunks"] == 1)
            let found = try await rpc.call(
                "document.search", ["tenantId": .string(lively), "query": "Wann öffnet der Laden?"])
            #expect(found["items"]?.array?.first?["documentId"] == put["id"])
            let deleted = try await rpc.call("tenant.delete", ["id": .string(lively)])
            #expect(deleted["revision"] == 8)
            #expect(await eventually { recorder.revisions.last == 8 })
            #expect(recorder.revisions == Array(1...8))
            #expect(recorder.last?.data == .null)
            let snapshot = try await rpc.call("config.snapshot", [:])
            #expect(snapshot["tenants"] == [])
            #expect(snapshot["secrets"] == [])
        }
    }
}
