/// The message broker, as the application needs it.
package protocol MessageBroker: Sendable {
    /// Publishes and waits for the broker's confirm.
    ///
    /// - Throws: ``PublishError``; every call ends in exactly one way.
    func publish(_ message: BrokerMessage, timeoutMilliseconds: Int64) async throws(PublishError)

    /// Publishes several in this order and waits for all confirms; they overlap. On an error some of them may be kept.
    func publish(_ messages: [BrokerMessage], timeoutMilliseconds: Int64) async throws(PublishError)

    /// Declares a durable queue of the configured type unless this process has already done so on this connection.
    ///
    /// - Throws: ``DependencyError``.
    func ensureQueue(_ name: String, singleActiveConsumer: Bool) async throws
    func ensureFanout(_ exchange: String) async throws
    func bind(queue: String, to exchange: String) async throws
    /// Ready messages and consumers; nil when there is no such queue. An estimate: both are 0 while a queue does not
    /// answer.
    func depth(of queue: String) async throws -> (messages: Int, consumers: Int)?
    /// Removes a queue with whatever is in it; removing what is not there is no error.
    ///
    /// - Returns: how many messages went with it.
    /// - Throws: ``DependencyError``.
    func deleteQueue(_ name: String) async throws -> Int

    /// Starts consuming. After a reconnect it resumes by itself, until it is cancelled.
    ///
    /// The handler runs on the connection's thread and must not block or wait.
    func consume(
        _ queue: ConsumerQueue, prefetch: Int, handler: @escaping @Sendable (any Delivery) -> Void
    ) async throws -> any ConsumerHandle

    /// Whether the connection is up now.
    var isUp: Bool { get }
}

/// The publisher, for callers that are no task.
package protocol CallbackPublisher: Sendable {
    /// Publishes several in this order; their confirms overlap. `whenDone` is called once, on any thread, when all have
    /// ended, with the first error; it must not block.
    func publish(
        _ messages: [BrokerMessage], timeoutMilliseconds: Int64,
        whenDone: @escaping @Sendable (PublishError?) -> Void)
}

package enum ConsumerQueue: Sendable, Hashable {
    /// A durable queue, declared before if need be.
    case durable(String, singleActiveConsumer: Bool)
    /// A queue of this process alone, bound to a fanout; gone with the connection and bound anew after a reconnect,
    /// when `rebound` is called: whatever was published in between is missed.
    case exclusive(boundTo: String, rebound: @Sendable () -> Void)

    package static func == (lhs: ConsumerQueue, rhs: ConsumerQueue) -> Bool {
        switch (lhs, rhs) {
        case (.durable(let a, let b), .durable(let c, let d)): a == c && b == d
        case (.exclusive(let a, _), .exclusive(let b, _)): a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .durable(let name, _): hasher.combine(name)
        case .exclusive(let exchange, _): hasher.combine(exchange)
        }
    }
}

package protocol ConsumerHandle: Sendable {
    /// Takes no new deliveries; those handed out can still be acknowledged. Returns when the broker has confirmed.
    func cancel() async
}

package struct BrokerMessage: Sendable {
    /// Empty for the default exchange, where the routing key is a queue's name.
    package var exchange: String
    package var routingKey: String
    package var body: [UInt8]
    package var messageID: String?
    package var headers: [(String, String)]
    /// Kept on disk; and an unroutable one comes back as ``PublishError/unroutable``.
    package var persistent: Bool
    package var mandatory: Bool

    package init(
        exchange: String = "", routingKey: String, body: [UInt8], messageID: String? = nil,
        headers: [(String, String)] = [], persistent: Bool = true, mandatory: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.messageID = messageID
        self.headers = headers
        self.persistent = persistent
        self.mandatory = mandatory
    }
}

package enum PublishError: Error, Sendable, Hashable {
    /// No queue takes it. It was not kept.
    case unroutable
    /// The broker refused to keep it.
    case refused
    /// Connection gone or never there, window full for too long, or no confirm in time: it may or may not be kept.
    case unavailable(String)
    /// Larger than the broker's or our limit.
    case tooLarge
}

/// One message handed to a consumer. Every function may be called from any thread, once; later calls and calls after
/// the connection was lost do nothing (the broker has taken the message back).
package protocol Delivery: Sendable {
    var body: [UInt8] { get }
    var messageID: String? { get }
    var routingKey: String { get }
    var redelivered: Bool { get }
    func header(_ name: String) -> String?
    func acknowledge()
    func requeue()
    func reject()
}
