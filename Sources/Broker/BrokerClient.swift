package import CoreMetrics
package import Logging
import Synchronization

/// The client of RabbitMQ: publishes with confirms, declares, consumes, and comes back by itself after every fault.
///
/// Publishing and topology have a connection of their own, apart from the consumers': a broker short of memory stops
/// reading from publishers only, and acknowledgements must still get through. Each connection lives on its own
/// thread; nothing here blocks the caller's.
package final class BrokerClient: Sendable {
    package let counters: BrokerCounters
    let configuration: BrokerConfiguration
    let publishing: BrokerConnection
    let consuming: [BrokerConnection]
    let logger: Logger
    let queues = Mutex(QueueCache())
    let settling = SharedWork()
    private let nextConsumer = Atomic<Int>(0)
    private let started = Atomic<Bool>(false)

    /// Connects to nothing yet, see ``start()`` and ``run()``.
    ///
    /// - Parameter metrics: where its metrics go (`metachat_broker_…`).
    /// - Throws: where the process has no file descriptor left.
    package init(
        configuration: BrokerConfiguration, metrics: any MetricsFactory = MetricsSystem.factory, logger: Logger
    ) throws(BrokerError) {
        self.configuration = configuration
        counters = BrokerCounters(metrics: metrics)
        self.logger = logger
        publishing = try BrokerConnection(
            name: "publish", configuration: configuration, publishes: true, counters: counters, metrics: metrics,
            logger: logger)
        var consuming: [BrokerConnection] = []
        for number in 0..<max(configuration.consumerConnections, 1) {
            consuming.append(
                try BrokerConnection(
                    name: "consume-\(number)", configuration: configuration, publishes: false, counters: counters,
                    metrics: metrics, logger: logger))
        }
        self.consuming = consuming
    }

    private var connections: [BrokerConnection] { [publishing] + consuming }

    // MARK: Life

    /// Begins to connect, in the background. Further calls do nothing.
    package func start() throws(BrokerError) {
        guard !started.exchange(true, ordering: .relaxed) else { return }
        for connection in connections { try connection.start() }
    }

    /// Publishes and requests are refused from now on; those under way may end within the bound, as may the sending
    /// of acknowledgements. Then the connections are closed, and everything still unconfirmed fails as unavailable.
    package func close(within bound: Duration) async {
        guard started.load(ordering: .relaxed) else { return }
        await withTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { await connection.close(within: bound) } }
        }
    }

    /// Whether every connection is open.
    package var isUp: Bool { connections.allSatisfy { $0.status.value.isOpen } }

    /// Whether publishes are taken: connected, and not blocked by a broker short of memory or disk.
    package var canPublish: Bool {
        let status = publishing.status.value
        return status.isOpen && status.blocked == nil
    }

    /// Why the broker cannot be used right now; nil where it can.
    package var fault: String? {
        for connection in connections {
            let status = connection.status.value
            switch status.phase {
            case .open: if let reason = status.blocked { return "it takes no publishes: \(reason)" }
            case .connecting: return "not connected yet"
            case .down(let error): return error.description
            case .closed: return "the connection is closed"
            }
        }
        return nil
    }

    /// RabbitMQ's version; empty before the first connection.
    package var serverVersion: String { publishing.status.value.serverVersion }

    /// Counts the publishing connection's lives: what was declared in an earlier one may be gone.
    package var epoch: UInt64 { publishing.status.value.epoch }

    /// Whether every connection is open before the bound.
    package func waitUntilUp(within bound: Duration) async -> Bool {
        let deadline = MonotonicTime.now() + bound
        for connection in connections {
            let rest = max(deadline - .now(), .zero)
            guard await connection.status.wait(within: rest, until: { $0.isOpen }) else { return false }
        }
        return true
    }

    /// Waits for the publishing connection's state to become open or not; false when the task is cancelled.
    package func waitUntil(open: Bool) async -> Bool {
        await publishing.status.wait { $0.isOpen == open }
    }

    // MARK: Publishing

    /// Returns when the broker has confirmed the message: a persistent message to a durable queue is then safe.
    ///
    /// Does not stop for the task's cancellation: how a publish ended is always told. While disconnected it fails at
    /// once.
    /// - Parameter timeout: from now to the confirm, waiting for room in the window included.
    package func publish(
        _ message: OutgoingMessage, timeout: Duration = .seconds(5)
    ) async throws(PublishFailure) {
        do throws(PublishFailure) {
            try await publishing.publish(message, timeout: timeout)
        } catch {
            if case .returned = error, message.exchange.isEmpty { forgetQueue(message.routingKey) }
            throw error
        }
    }

    /// Publishes several, in this order; their confirms overlap. When one fails, others may be in their queues.
    package func publish(
        _ messages: [OutgoingMessage], timeout: Duration = .seconds(5)
    ) async throws(PublishFailure) {
        do throws(PublishFailure) {
            try await publishing.publish(messages, timeout: timeout)
        } catch {
            if case .returned = error {
                for message in messages where message.exchange.isEmpty { forgetQueue(message.routingKey) }
            }
            throw error
        }
    }

    /// The same for callers that are no task; `whenDone` is called once, on any thread, and must not block.
    package func publish(
        _ messages: [OutgoingMessage], timeout: Duration, whenDone: @escaping @Sendable (PublishFailure?) -> Void
    ) {
        let names = messages.lazy.filter(\.exchange.isEmpty).map(\.routingKey)
        let queues = Set(names)
        publishing.publish(messages, timeout: timeout) { [self] failure in
            if case .returned = failure { for queue in queues { forgetQueue(queue) } }
            whenDone(failure)
        }
    }

    // MARK: Consuming

    /// Consumes until the consumer is cancelled or closed, across reconnects.
    ///
    /// - Parameters:
    ///   - handler: called on the connection's thread with every delivery. It must not block: all consumers of the
    ///     connection wait for it.
    ///   - onEvent: told on the same thread when the consumer is established, interrupted, finished.
    package func consume(
        _ specification: ConsumerSpecification, onEvent: @escaping @Sendable (ConsumerEvent) -> Void = { _ in },
        handler: @escaping @Sendable (IncomingMessage) -> Void
    ) throws(BrokerError) -> BrokerConsumer {
        if let fault = specification.fault { throw .invalid(fault) }
        if let declaration = specification.declaration, declaration.singleActiveConsumer {
            try require(declaration.type)
        }
        let id = nextConsumer.wrappingAdd(1, ordering: .relaxed).newValue
        return BrokerConsumer(
            id: id, specification: specification, connection: consuming[id % consuming.count], handler: handler,
            onEvent: onEvent)
    }
}
