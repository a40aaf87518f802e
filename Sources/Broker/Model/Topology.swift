/// How a queue keeps its messages (`METACHAT_QUEUE_TYPE`).
package enum QueueType: String, Sendable, CaseIterable {
    case quorum
    case classic
}

package struct QueueDeclaration: Sendable, Hashable {
    /// Up to 255 bytes. Empty: the broker makes a name up (consumers only).
    package var name: String
    package var type: QueueType
    package var durable: Bool
    /// For this connection alone, and gone with it. Classic only.
    package var exclusive: Bool
    /// Gone with its last consumer. Classic only.
    package var autoDelete: Bool
    /// One consumer at a time; the others stand by.
    package var singleActiveConsumer: Bool
    /// Further `x-` arguments.
    package var arguments: [String: HeaderValue]

    /// A durable queue.
    package init(
        name: String, type: QueueType, singleActiveConsumer: Bool = false, arguments: [String: HeaderValue] = [:]
    ) {
        self.name = name
        self.type = type
        durable = true
        exclusive = false
        autoDelete = false
        self.singleActiveConsumer = singleActiveConsumer
        self.arguments = arguments
    }

    /// A queue of one process's own, gone with its connection: for fanouts.
    package static func exclusive(_ name: String = "", arguments: [String: HeaderValue] = [:]) -> Self {
        var declaration = Self(name: name, type: .classic, arguments: arguments)
        declaration.durable = false
        declaration.exclusive = true
        declaration.autoDelete = true
        return declaration
    }

    /// All arguments as they go over the wire.
    var wireArguments: [String: HeaderValue] {
        var all = arguments
        all["x-queue-type"] = .string(type.rawValue)
        if singleActiveConsumer { all["x-single-active-consumer"] = true }
        return all
    }

    var fault: String? {
        if name.utf8.count > 255 { return "the queue's name is longer than 255 bytes" }
        if type == .quorum, exclusive || autoDelete || !durable {
            return "a quorum queue is durable, and neither exclusive nor deleted by itself"
        }
        return HeaderLimits.fault(in: arguments)
    }
}

package struct ExchangeDeclaration: Sendable, Hashable {
    package enum Kind: String, Sendable { case direct, fanout, topic, headers }

    package var name: String
    package var kind: Kind
    package var durable: Bool

    package init(name: String, kind: Kind, durable: Bool = true) {
        self.name = name
        self.kind = kind
        self.durable = durable
    }

    var fault: String? { name.utf8.count > 255 ? "the exchange's name is longer than 255 bytes" : nil }
}

/// A route from an exchange to a queue.
package struct Binding: Sendable, Hashable {
    package var exchange: String
    package var queue: String
    package var routingKey: String

    package init(exchange: String, queue: String, routingKey: String = "") {
        self.exchange = exchange
        self.queue = queue
        self.routingKey = routingKey
    }

    var fault: String? {
        exchange.utf8.count > 255 || queue.utf8.count > 255 || routingKey.utf8.count > 255
            ? "a name in a binding is longer than 255 bytes" : nil
    }
}

/// A queue's state at one moment.
package struct QueueDepth: Sendable, Hashable {
    package let name: String
    /// Ready to be delivered; what consumers hold is not counted.
    package let messages: Int
    package let consumers: Int
}

enum TopologyRequest: Sendable {
    case declareExchange(ExchangeDeclaration)
    case deleteExchange(String)
    case declareQueue(QueueDeclaration)
    case inspectQueue(String)
    case deleteQueue(String)
    case purgeQueue(String)
    case bind(Binding)
    case unbind(Binding)

    var fault: String? {
        switch self {
        case .declareExchange(let exchange): exchange.fault
        case .declareQueue(let queue): queue.fault
        case .bind(let binding), .unbind(let binding): binding.fault
        case .deleteExchange(let name), .inspectQueue(let name), .deleteQueue(let name), .purgeQueue(let name):
            name.utf8.count > 255 ? "the name is longer than 255 bytes" : nil
        }
    }

    /// For errors and logs.
    var summary: String {
        switch self {
        case .declareExchange(let exchange): "declaring exchange \(exchange.name)"
        case .deleteExchange(let name): "deleting exchange \(name)"
        case .declareQueue(let queue): "declaring queue \(queue.name)"
        case .inspectQueue(let name): "inspecting queue \(name)"
        case .deleteQueue(let name): "deleting queue \(name)"
        case .purgeQueue(let name): "purging queue \(name)"
        case .bind(let binding): "binding queue \(binding.queue) to \(binding.exchange)"
        case .unbind(let binding): "unbinding queue \(binding.queue) from \(binding.exchange)"
        }
    }
}

enum TopologyReply: Sendable {
    case done
    case queue(QueueDepth)
    /// Messages deleted.
    case count(Int)
}
