import ControlAPI
import ControlPlane
import Domain
import JSONCoding
import JSONRPC
import Logging
import Sealing
import Support
import Synchronization
import Testing

/// The control plane's methods over fakes, without HTTP.
final class ControlBench: Sendable {
    let store: FakeConfigStore
    let documents = MemoryDocumentStore()
    let messages = StubMessageStore()
    let broker = MemoryBroker()
    let keyring: Keyring
    let fleet: FleetRegistry
    let logs = LogCollector()
    let probe = FakeProbe()
    private let handlers: ControlHandlers

    init(store: FakeConfigStore = FakeConfigStore(), keyring given: Keyring? = nil) throws {
        self.store = store
        keyring = try given ?? Keyring(parsing: Keyring.generateKeyEntry(keyID: "k1"))
        let logger = logs.makeLogger()
        fleet = FleetRegistry(broker: broker, uptime: { 0 }, logger: logger)
        handlers = ControlHandlers(
            store: store, access: store, documents: documents, messages: messages, probe: probe, keyring: keyring,
            fleet: fleet, logger: logger)
    }

    /// The whole answer to a request.
    func answer(_ method: String, _ params: JSONObject, as role: Role = .admin, tenant: String? = nil) async throws
        -> JSONValue
    {
        let dispatcher = RPCDispatcher(registry: handlers.makeRegistry()) {
            RPCTranslation.translate($0, logger: self.logs.makeLogger())
        } report: { fault, _ in
            Issue.record("\(fault.method) failed inside: \(fault.error)")
        }
        let request: JSONValue = ["jsonrpc": "2.0", "method": .string(method), "params": .object(params), "id": 1]
        let caller = Caller(id: "test:\(role.rawValue)", name: "a test", role: role, tenantID: tenant)
        let bytes = await dispatcher.respond(
            to: request.serialized(), context: CallContext(caller: caller, remoteAddress: "127.0.0.1"))
        return try JSONValue.parse(#require(bytes))
    }

    /// The result; an error fails the test. Every result is held against the method's schema.
    @discardableResult
    func call(
        _ method: String, _ params: JSONObject = [:], as role: Role = .admin, tenant: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let answer = try await answer(method, params, as: role, tenant: tenant)
        let result = try #require(
            answer["result"], "\(method): \(answer["error"]?.text ?? "")", sourceLocation: sourceLocation)
        let schema = ControlAPI.methods.first { $0.name == method }?.result.json ?? false
        let complaints = SchemaChecker(document: ControlAPI.openRPC).complaints(result, schema)
        #expect(complaints == [], sourceLocation: sourceLocation)
        return result
    }

    func failure(
        _ method: String, _ params: JSONObject = [:], as role: Role = .admin, tenant: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Failure {
        let answer = try await answer(method, params, as: role, tenant: tenant)
        let error = try #require(answer["error"], "\(method) succeeded", sourceLocation: sourceLocation)
        return Failure(
            code: error["code"]?.integer ?? 0, message: error["message"]?.string ?? "", data: error["data"] ?? .null)
    }

    struct Failure {
        var code: Int64
        var message: String
        var data: JSONValue
        /// Paths of the params' faults, sorted.
        var paths: [String] { (data["errors"]?.array ?? []).compactMap { $0["path"]?.string }.sorted() }
    }

    /// The outbox from a revision on, as `entity op id`.
    func events(after revision: Int64 = 0) -> [String] {
        store.committedState.outbox.filter { $0.revision > revision }
            .map { "\($0.entity.rawValue) \($0.operation.rawValue) \($0.id)" }
    }

    var revision: Int64 { store.committedState.revision }

    // MARK: Setting up

    static let config: JSONObject = ["phoneNumberId": "111", "businessAccountId": "222"]

    func makeTenant(_ id: String = "acme") async throws {
        try await call("tenant.create", ["id": .string(id), "name": "A"])
    }

    func makeChannel(
        _ id: String = "wa", tenant: String = "acme", number: String = "111", secrets: JSONObject = [:]
    ) async throws {
        var params: JSONObject = ["id": .string(id), "tenantId": .string(tenant), "type": "whatsapp"]
        params["config"] = .object(Self.config.merging(patch: ["phoneNumberId": .string(number)]))
        if !secrets.isEmpty { params["secrets"] = .object(secrets) }
        try await call("channel.create", params)
    }
}

/// Keeps what is logged.
final class LogCollector: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    func makeLogger() -> Logger {
        var logger = Logger(label: "test") { _ in Handler(collector: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let collector: LogCollector
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            collector.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }
}

/// Notes what it is asked to check and finds it all in order.
final class FakeProbe: ChannelProbe {
    private let asked = Mutex<[(channel: Channel, secrets: [String: String])]>([])

    var calls: [(channel: Channel, secrets: [String: String])] { asked.withLock { $0 } }

    func check(_ channel: Channel, secrets: [String: String]) async -> [ChannelCheck] {
        asked.withLock { $0.append((channel, secrets)) }
        return [ChannelCheck("number", true, "is there"), ChannelCheck("appSecret", true, "is set")]
    }
}
