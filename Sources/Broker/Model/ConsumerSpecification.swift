typealias ConsumerID = Int

/// What a consumer consumes, and what has to exist for it. Everything here is set up anew after a reconnect.
package struct ConsumerSpecification: Sendable {
    /// The queue's name; with a ``declaration`` of a nameless queue it is filled in by the broker.
    package var queue: String
    /// Declared first, on the consumer's own channel.
    package var declaration: QueueDeclaration?
    package var exchanges: [ExchangeDeclaration]
    /// Bindings of the queue; their `queue` is ignored.
    package var bindings: [Binding]
    /// Unacknowledged deliveries at a time, 1…65,535.
    package var prefetch: Int
    /// No other consumer on this queue.
    package var exclusive: Bool
    /// Deliveries count as done once sent: for fanouts whose loss is found out otherwise.
    package var withoutAcknowledgement: Bool
    package var arguments: [String: HeaderValue]

    package init(
        queue: String, declaration: QueueDeclaration? = nil, exchanges: [ExchangeDeclaration] = [],
        bindings: [Binding] = [], prefetch: Int = 64, exclusive: Bool = false,
        withoutAcknowledgement: Bool = false, arguments: [String: HeaderValue] = [:]
    ) {
        self.queue = queue
        self.declaration = declaration
        self.exchanges = exchanges
        self.bindings = bindings
        self.prefetch = prefetch
        self.exclusive = exclusive
        self.withoutAcknowledgement = withoutAcknowledgement
        self.arguments = arguments
    }

    /// A queue of this process's own, bound to a fanout or topic exchange.
    package static func subscription(
        to exchange: ExchangeDeclaration, routingKeys: [String] = [""], queue: QueueDeclaration = .exclusive(),
        prefetch: Int = 256, withoutAcknowledgement: Bool = true
    ) -> Self {
        Self(
            queue: queue.name, declaration: queue, exchanges: [exchange],
            bindings: routingKeys.map { Binding(exchange: exchange.name, queue: queue.name, routingKey: $0) },
            prefetch: prefetch, withoutAcknowledgement: withoutAcknowledgement)
    }

    var fault: String? {
        if queue.utf8.count > 255 { return "the queue's name is longer than 255 bytes" }
        if queue.isEmpty, declaration == nil { return "a consumer needs a queue" }
        if let declaration, declaration.name != queue { return "the declared queue is not the consumed one" }
        if !(1...65_535).contains(prefetch) { return "prefetch must be between 1 and 65,535" }
        return declaration?.fault ?? exchanges.lazy.compactMap(\.fault).first
            ?? bindings.lazy.compactMap(\.fault).first ?? HeaderLimits.fault(in: arguments)
    }
}

/// What happens to a consumer, told on its connection's thread.
package enum ConsumerEvent: Sendable, Equatable {
    /// Consuming: everything published from now on arrives. `queue` is its name.
    case established(queue: String)
    /// The channel is gone, and with it what was delivered and not settled. It comes back by itself.
    case interrupted(BrokerError)
    /// Cancelled or closed; nothing follows.
    case finished
}
