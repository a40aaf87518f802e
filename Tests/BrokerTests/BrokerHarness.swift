import Broker
import Logging
import Observability
import Support
import Synchronization
import Testing

/// A connected broker client, and queue names of the test's own, deleted with it.
final class BrokerHarness: Sendable {
    let broker: BrokerClient
    let url: String
    private let names = Mutex<[String]>([])

    private init(broker: BrokerClient, url: String) {
        self.broker = broker
        self.url = url
    }

    static func configuration(_ url: String) throws -> BrokerConfiguration {
        var configuration = BrokerConfiguration(url: try BrokerURL(parsing: url))
        configuration.connectionName = "tests"
        return configuration
    }

    /// Runs a test against the shared broker, or the one at `url`.
    static func run(
        url: String? = nil, metrics: MetricRegistry = MetricRegistry(),
        configure: (inout BrokerConfiguration) -> Void = { _ in },
        _ body: (BrokerHarness) async throws -> Void
    ) async throws {
        let address: String
        if let url { address = url } else { address = try await RabbitServer.sharedURL() }
        var configuration = try Self.configuration(address)
        configure(&configuration)
        let broker = try BrokerClient(configuration: configuration, metrics: metrics, logger: .quiet)
        try broker.start()
        try #require(await broker.waitUntilUp(within: .patience))
        let harness = BrokerHarness(broker: broker, url: address)
        do {
            try await body(harness)
        } catch {
            await harness.end()
            throw error
        }
        await harness.end()
    }

    private func end() async {
        for name in names.withLock({ $0 }) { _ = try? await broker.deleteQueue(name) }
        await broker.close(within: .seconds(30))
    }

    /// A name nobody else has; the queue is deleted when the test ends.
    func name(_ stem: String = "queue") -> String {
        let name = "test.\(stem).\(UInt64.random(in: 0 ... .max))"
        names.withLock { $0.append(name) }
        return name
    }

    /// A declared queue.
    func queue(
        _ type: QueueType = .quorum, singleActiveConsumer: Bool = false, arguments: [String: HeaderValue] = [:]
    ) async throws -> String {
        let name = name()
        try await broker.ensureQueue(
            QueueDeclaration(
                name: name, type: type, singleActiveConsumer: singleActiveConsumer, arguments: arguments))
        return name
    }

    /// How a publish failed; nil where it was confirmed.
    func failure(of message: OutgoingMessage, timeout: Duration = .patience) async -> PublishFailure? {
        do throws(PublishFailure) {
            try await broker.publish(message, timeout: timeout)
            return nil
        } catch {
            return error
        }
    }

    /// Publishes, and waits for the confirm for as long as a busy machine may take.
    func publish(_ message: OutgoingMessage) async throws {
        try await broker.publish(message, timeout: .patience)
    }

    /// Waits until a queue holds this many messages. A broker that has just come back may not know of it yet.
    func waitForDepth(_ count: Int, in queue: String) async throws {
        try await eventually("queue \(queue) to hold \(count) messages") {
            do { return try await broker.inspectQueue(queue, timeout: .patience).messages == count } catch {
                return false
            }
        }
    }
}

extension Duration {
    /// For what comes at once, but on a busy machine when it can: only a fault takes longer.
    static var patience: Duration { .seconds(120) }
}

/// Asks again and again until the answer is yes; a readiness event where the other side has no way to tell.
func eventually(
    _ what: String, within bound: Duration = .patience, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + bound
    while try await !condition() {
        if ContinuousClock.now >= deadline {
            Issue.record("waited in vain for \(what)")
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Deliveries as they come, and a way to wait for a number of them.
final class Inbox: Sendable {
    private let deliveries = Mutex<[IncomingMessage]>([])

    var all: [IncomingMessage] { deliveries.withLock { $0 } }
    var bodies: [String] { all.map { String(decoding: $0.body, as: UTF8.self) } }

    func take(_ delivery: IncomingMessage?) {
        deliveries.withLock { if let delivery { $0.append(delivery) } }
    }

    func wait(for count: Int, within bound: Duration = .patience) async throws {
        try await eventually("\(count) deliveries", within: bound) { deliveries.withLock { $0.count } >= count }
    }
}

extension Logger {
    /// Says nothing.
    static var quiet: Logger { Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() } }
}

extension PublishFailure {
    var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
}

/// A number that tasks count up together.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .relaxed) }

    /// Counts one; gives the new number.
    @discardableResult
    func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// A value behind a lock that tasks share.
final class Locked<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { value in body(&value) }
    }
}
