import Broker
import Encodings
import Glibc
import JSONCoding
import Sealing
import Support
import Synchronization
import Testing

/// One installation of the product with programs of its own: control plane, nodes, simulator; its own database.
final class Site: Sendable {
    let folder: String
    let databaseURL: String
    let brokerURL: String
    let masterKeys: String
    let adminToken: String
    let nodeToken: String
    let rpc: RPCClient
    let simulator: SimulatorClient
    let controlURL: String
    let nodeURLs: [String]
    private let more: [String: String]
    private let programs = Mutex<[String: ChildProcess]>([:])
    private let shops = Mutex<[Shop]>([])

    /// Runs a test against a new site, complete and ready; on failure its logs are shown.
    static func run(
        nodes: Int = 2, settings: [String: String] = [:], _ body: (Site) async throws -> Void
    ) async throws {
        let site = try await Site(nodes: nodes, settings: settings)
        do {
            try await site.start()
            try await body(site)
        } catch {
            Issue.record("\(error)\n\(site.lastWords)")
        }
        await site.end()
    }

    private init(nodes: Int, settings: [String: String]) async throws {
        folder = try ProcessFixture.folder("site")
        databaseURL = try await Services.shared.newDatabase()
        brokerURL = try await Services.shared.rabbit().url
        masterKeys = "k1:" + Base64.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
        adminToken = "admin-" + Shop.random()
        nodeToken = "node-" + Shop.random()
        let ports = try ProcessFixture.freePorts(nodes + 2)
        controlURL = "http://127.0.0.1:\(ports[0])"
        simulator = SimulatorClient(url: "http://127.0.0.1:\(ports[1])")
        nodeURLs = ports.dropFirst(2).map { "http://127.0.0.1:\($0)" }
        rpc = RPCClient(url: controlURL, token: adminToken)
        more = settings
    }

    private func start() async throws {
        try launch("simulator", ["simulate", "--simulator-bind", "127.0.0.1:\(Self.port(simulator.url))"])
        try launchControl()
        try await ready(simulator.url, "/health")
        try await ready(controlURL)
        for index in nodeURLs.indices { try launchNode(index) }
        for url in nodeURLs { try await ready(url) }
        try await fleetIsReady()
    }

    // MARK: Programs

    var control: ChildProcess { program("control") }
    func node(_ index: Int) -> ChildProcess { program("node\(index)") }
    func program(_ name: String) -> ChildProcess { programs.withLock { $0[name]! } }

    func launchControl() throws { try launch("control", ["control"]) }

    func launchNode(_ index: Int, roles: String = "edge,worker") throws {
        try launch("node\(index)", ["node", "--roles", roles], node: index)
    }

    /// Starts the control plane again and waits until it is ready.
    func restartControl() async throws {
        try launchControl()
        try await ready(controlURL)
    }

    func restartNode(_ index: Int) async throws {
        try launchNode(index)
        try await ready(nodeURLs[index])
    }

    /// Starts one more program of this site.
    ///
    /// - Parameter settings: win over the site's.
    func launch(
        _ name: String, _ arguments: [String], node: Int? = nil, settings: [String: String] = [:]
    ) throws {
        var environment = [
            "DATABASE_URL": databaseURL, "RABBITMQ_URL": brokerURL, "METACHAT_MASTER_KEYS": masterKeys,
            "METACHAT_ADMIN_TOKEN": adminToken, "METACHAT_NODE_TOKEN": nodeToken,
            "METACHAT_CONTROL_BIND": "127.0.0.1:\(Self.port(controlURL))", "METACHAT_CONTROL_URL": controlURL,
            "METACHAT_GRAPH_URL": simulator.url, "METACHAT_LOG": "info", "METACHAT_LOG_FORMAT": "json",
        ]
        if let node {
            environment["METACHAT_NODE_BIND"] = "127.0.0.1:\(Self.port(nodeURLs[node]))"
            environment["METACHAT_NODE_ID"] = "node-\(node)"
        }
        for (key, value) in more.merging(settings, uniquingKeysWith: { $1 }) { environment[key] = value }
        let program = try ChildProcess(
            name: name, executable: ProcessFixture.metachat, arguments: arguments, environment: environment,
            log: "\(folder)/\(name).log")
        programs.withLock { $0[name] = program }
    }

    /// Waits for 200 from `/ready`.
    func ready(_ url: String, _ path: String = "/ready", within bound: Duration = .seconds(120)) async throws {
        try await eventually("\(url)\(path)", within: bound) {
            (try? await HTTP.get(url + path))?.status == 200
        }
    }

    /// Waits until the control plane has heard that every node is ready: a node says so to those who ask it first, and
    /// who is not heard of is not waited for.
    func fleetIsReady() async throws {
        for index in nodeURLs.indices {
            try await nodeReport("node-\(index)") { $0["status"] == "ready" }
        }
    }

    /// Waits until the control plane knows something of a node; gives its report.
    @discardableResult
    func nodeReport(_ id: String, until holds: (JSONValue) -> Bool) async throws -> JSONValue {
        try await eventually("what the fleet knows of \(id)", state: await fleet()) {
            let nodes = try await rpc.call("fleet.list").member("nodes").array ?? []
            return nodes.first { $0["id"]?.string == id && holds($0) }
        }
    }

    private func fleet() async -> String {
        do { return try await rpc.call("fleet.list").text } catch { return "\(error)" }
    }

    /// Whether the answer to `/ready` is this now.
    func readiness(_ url: String) async -> Int? { (try? await HTTP.get(url + "/ready"))?.status }

    static func port(_ url: String) -> Int { Int(url.split(separator: ":").last ?? "") ?? 0 }

    /// The ends of all logs.
    private var lastWords: String {
        programs.withLock { programs in
            programs.sorted { $0.key < $1.key }.map { name, program in
                let lines = program.output.split(separator: "\n").suffix(25).map { $0.prefix(600) }
                let state = program.exit.map(\.description) ?? "running"
                return "--- \(name) (\(state)), \(program.log)\n" + lines.joined(separator: "\n")
            }.joined(separator: "\n")
        }
    }

    private func end() async {
        let running = programs.withLock { programs in
            let all = Array(programs.values)
            programs.removeAll()
            return all
        }
        for program in running { program.signal(SIGKILL) }
        for program in running { _ = try? await program.ended(within: .seconds(60)) }
        await clearBroker()
    }

    // MARK: Tenants

    /// A tenant with a WhatsApp channel, known to every node and to the simulator, which posts to the first node.
    func addShop(
        _ id: String, index: Int = 0, settings: JSONObject = Scene.settings,
        documents: [(title: String, text: String)] = [Scene.document], appSecret: String = Shop.random()
    ) async throws -> Shop {
        var shop = Shop(id, index: index, appSecret: appSecret)
        try await rpc.call("tenant.create", ["id": .string(id), "name": .string(id), "settings": .object(settings)])
        let channel = try await rpc.call(
            "channel.create",
            [
                "id": .string(shop.channelID), "tenantId": .string(id), "type": "whatsapp",
                "config": [
                    "phoneNumberId": .string(shop.number), "businessAccountId": "102290129340398",
                    "webhookVerifyToken": .string(shop.verifyToken), "messagesPerSecond": 1000,
                ],
                "secrets": [
                    "accessToken": .string(shop.accessToken), "appSecret": .string(shop.appSecret),
                ],
            ])
        shop.revision = try channel.member("revision").integer ?? 0
        for document in documents {
            try await rpc.call(
                "document.put",
                [
                    "tenantId": .string(id), "title": .string(document.title), "content": .string(document.text),
                    "mimeType": "text/plain",
                ])
        }
        if let first = nodeURLs.first { try await simulator.put(shop, webhooksTo: first) }
        shops.withLock { $0.append(shop) }
        try await converge(at: shop.revision)
        return shop
    }

    /// Waits until every living node serves this revision.
    func converge(at revision: Int64) async throws {
        try await rpc.call("fleet.wait", ["revision": .integer(revision), "timeoutMs": 60_000])
    }

    /// Everybody's webhooks from the simulator go to this node from now on.
    func pointSimulator(at node: Int) async throws {
        for shop in shops.withLock({ $0 }) { try await simulator.put(shop, webhooksTo: nodeURLs[node]) }
    }

    // MARK: Broker

    /// Runs a body with a client of the site's broker.
    func withBroker<T>(_ body: (BrokerClient) async throws -> T) async throws -> T {
        let broker = try BrokerClient(
            configuration: BrokerConfiguration(url: try BrokerURL(parsing: brokerURL)), logger: .quiet)
        try broker.start()
        guard await broker.waitUntilUp(within: .seconds(90)) else { throw InVain(description: "no broker") }
        let result: T
        do {
            result = try await body(broker)
        } catch {
            await broker.close(within: .seconds(1))
            throw error
        }
        await broker.close(within: .seconds(1))
        return result
    }

    /// The next site finds the broker as this one did.
    private func clearBroker() async {
        let names = shops.withLock { $0 }.flatMap(\.queues) + ["metachat.statuses", "metachat.queues"]
        let exchanges = ["metachat.config", "metachat.nodes", "metachat.queues", "metachat.rooms", "metachat.events"]
        try? await withBroker { broker in
            for name in names { _ = try? await broker.deleteQueue(name) }
            for name in exchanges { try? await broker.deleteExchange(name) }
        }
    }
}
