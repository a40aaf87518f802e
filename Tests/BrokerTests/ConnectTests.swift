import Broker
import Glibc
import Logging
import ServiceLifecycle
import Support
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20)))
struct ConnectTests {
    private func fault(
        _ url: String, until found: @Sendable (String) -> Bool, logger: Logger = .quiet
    ) async throws -> String {
        var configuration = try BrokerHarness.configuration(url)
        configuration.reconnect = .init(base: .milliseconds(10), cap: .milliseconds(50))
        let broker = try BrokerClient(configuration: configuration, logger: logger)
        try broker.start()
        try await eventually("the fault to be told, last: \(broker.fault ?? "")") { found(broker.fault ?? "") }
        let fault = broker.fault ?? ""
        #expect(!broker.isUp)
        #expect(await broker.waitUntilUp(within: .milliseconds(1)) == false)
        await broker.close(within: .seconds(1))
        return fault
    }

    @Test func aWrongPasswordIsToldWithoutShowingIt() async throws {
        let url = try await RabbitServer.sharedURL()
        let parsed = try BrokerURL(parsing: url)
        let log = Locked("")
        let logger = Logger(label: "test") { _ in CollectingLogHandler { line in log.withLock { $0 += line } } }
        let fault = try await fault(
            "amqp://guest:wr0ng-secret@\(parsed.host):\(parsed.port)", until: { $0.contains("403") }, logger: logger)
        #expect(fault.contains("ACCESS_REFUSED"))
        #expect(!fault.contains("wr0ng"))
        #expect(log.withLock { $0.contains("403") && !$0.contains("wr0ng") })
    }

    @Test func anUnknownVirtualHostIsTold() async throws {
        let url = try await RabbitServer.sharedURL()
        _ = try await fault(url + "/none%2Fsuch", until: { $0.contains("530") })
    }

    @Test func nobodyListeningIsTold() async throws {
        _ = try await fault("amqp://127.0.0.1:1", until: { $0.contains("cannot connect to amqp://127.0.0.1:1") })
        _ = try await fault("amqp://no-such-host.invalid", until: { $0.contains("hostname lookup failed") })
    }

    @Test func aServerThatSaysNothingTimesOut() async throws {
        let silent = try SilentServer()
        var configuration = try BrokerHarness.configuration("amqp://127.0.0.1:\(silent.port)")
        configuration.handshakeTimeout = .milliseconds(300)
        // Nothing else may be what times out.
        configuration.connectTimeout = .seconds(600)
        configuration.requestTimeout = .seconds(600)
        let broker = try BrokerClient(configuration: configuration, logger: .quiet)
        try broker.start()
        try await eventually("the time-out") { broker.fault?.contains("timed out") == true }
        await broker.close(within: .seconds(1))
    }

    @Test func nothingWorksBeforeItIsConnectedAndNothingHangs() async throws {
        let broker = try BrokerClient(configuration: BrokerHarness.configuration("amqp://127.0.0.1:1"), logger: .quiet)
        let message = OutgoingMessage(routingKey: "q", body: [])
        await #expect(throws: PublishFailure.self) { try await broker.publish(message) }
        await #expect(throws: BrokerError.self) { try await broker.inspectQueue("q") }
        try broker.start()
        await #expect(throws: PublishFailure.self) { try await broker.publish([message, message]) }
        let events = Locked<[ConsumerEvent]>([])
        let consumer = try broker.consume(
            ConsumerSpecification(queue: "q"), onEvent: { event in events.withLock { $0.append(event) } },
            handler: { _ in })
        #expect(await consumer.waitUntilConsuming(within: .milliseconds(20)) == false)
        await broker.close(within: .seconds(1))
        try await eventually("the consumer to end") { consumer.state == .finished }
        await consumer.cancel()
        #expect(events.withLock { $0.last } == .finished)
        await #expect(throws: PublishFailure.self) { try await broker.publish(message) }
        let after = try broker.consume(ConsumerSpecification(queue: "q"), handler: { _ in })
        #expect(after.state == .finished)
    }

    @Test func runsAsAServiceUntilTheGracefulShutdown() async throws {
        let broker = try BrokerClient(
            configuration: BrokerHarness.configuration(try await RabbitServer.sharedURL()), logger: .quiet)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: broker)], logger: .quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            #expect(await broker.waitUntilUp(within: .patience))
            #expect(broker.fault == nil)
            #expect(broker.serverVersion.split(separator: ".").count >= 3)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(broker.fault == "the connection is closed")
    }
}

/// Accepts TCP connections and never answers.
private final class SilentServer: Sendable {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 16) == 0 ? getsockname(socket, $0, &size) : -1
            }
        }
        try #require(status == 0)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}

private struct CollectingLogHandler: LogHandler {
    let collect: @Sendable (String) -> Void
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    init(_ collect: @escaping @Sendable (String) -> Void) { self.collect = collect }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        collect("\(event.message) \(event.metadata ?? [:])\n")
    }
}
