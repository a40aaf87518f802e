package import Domain
import Synchronization

/// A broker in memory: queues with prefetch and single active consumer, fanouts, confirms, redelivery in order when a
/// connection is lost. Processes under test each have a ``FakeConnection``.
package final class FakeBroker: Sendable {
    struct Message {
        var number: UInt64
        var value: BrokerMessage
        var redelivered = false
    }

    struct Consumer {
        var handle: UInt64
        /// Changes with every connection.
        var id: UInt64
        var connection: UInt64
        var prefetch: Int
        var handler: @Sendable (any Delivery) -> Void
        var unacknowledged: [UInt64: Message] = [:]
    }

    struct Queue {
        var isSingleActive = false
        var ready: [Message] = []
        var consumers: [Consumer] = []
        var turn = 0
    }

    struct State {
        var queues: [String: Queue] = [:]
        var fanouts: [String: Set<String>] = [:]
        var exclusives: [UInt64: (connection: UInt64, fanout: String, rebound: @Sendable () -> Void)] = [:]
        var counter: UInt64 = 0
        var outgoing: [@Sendable () -> Void] = []
        var isDelivering = false
        /// Cancelled consumers with deliveries that can still be acknowledged.
        var cancelled: [(queue: String, consumer: Consumer)] = []
        var down: Set<UInt64> = []
        var published: [BrokerMessage] = []
    }

    let state = Mutex(State())

    package init() {}

    package func connect(hook: PortHook? = nil) -> FakeConnection { FakeConnection(self, hook: hook) }

    // MARK: Looking at it

    /// Everything that was ever confirmed, in order.
    package var published: [BrokerMessage] { state.withLock { $0.published } }

    package func published(to routingKey: String) -> [BrokerMessage] {
        published.filter { $0.routingKey == routingKey }
    }

    /// What waits in a queue, handed out or not.
    package func depth(_ queue: String) -> (ready: Int, unacknowledged: Int) {
        state.withLock { state in
            let consumers =
                (state.queues[queue]?.consumers ?? [])
                + state.cancelled.filter { $0.queue == queue }.map(\.consumer)
            return (
                state.queues[queue]?.ready.count ?? 0, consumers.reduce(0) { $0 + $1.unacknowledged.count }
            )
        }
    }

    /// Whether every message that is handed out has reached its handler.
    package var isSettled: Bool { state.withLock { !$0.isDelivering && $0.outgoing.isEmpty } }

    package func ready(in queue: String) -> [BrokerMessage] {
        state.withLock { $0.queues[queue]?.ready.map(\.value) ?? [] }
    }

    package func consumers(of queue: String) -> Int { state.withLock { $0.queues[queue]?.consumers.count ?? 0 } }

    package var queueNames: Set<String> { state.withLock { Set($0.queues.keys) } }

    /// Deletes a queue with everything in it.
    package func delete(_ queue: String) {
        state.withLock { state in
            state.queues[queue] = nil
            for fanout in state.fanouts.keys { state.fanouts[fanout]?.remove(queue) }
        }
    }

    // MARK: Inside

    /// Moves messages to consumers, then calls the handlers: one at a time, in order, without a lock.
    func pump(_ name: String) {
        let mustDeliver = state.withLock { state in
            state.assign(name, broker: self)
            guard !state.isDelivering, !state.outgoing.isEmpty else { return false }
            state.isDelivering = true
            return true
        }
        guard mustDeliver else { return }
        while let next = state.withLock({ state -> (@Sendable () -> Void)? in
            if state.outgoing.isEmpty {
                state.isDelivering = false
                return nil
            }
            return state.outgoing.removeFirst()
        }) { next() }
    }

    func publish(_ message: BrokerMessage, connection: UInt64) throws(PublishError) {
        let targets: [String]? = state.withLock { state in
            let targets: [String]
            if message.exchange.isEmpty {
                targets = state.queues[message.routingKey] == nil ? [] : [message.routingKey]
            } else {
                targets = Array(state.fanouts[message.exchange] ?? [])
            }
            if targets.isEmpty, message.mandatory { return nil }
            for target in targets {
                state.counter += 1
                state.queues[target]?.ready.append(Message(number: state.counter, value: message))
            }
            state.published.append(message)
            return targets
        }
        guard let targets else { throw .unroutable }
        for target in targets { pump(target) }
    }

    enum Settlement { case acknowledge, requeue, reject }

    func settle(_ number: UInt64, of consumer: UInt64, in name: String, _ how: Settlement) {
        state.withLock { state in
            var message: Message?
            if let index = state.queues[name]?.consumers.firstIndex(where: { $0.id == consumer }) {
                message = state.queues[name]?.consumers[index].unacknowledged.removeValue(forKey: number)
            } else if let index = state.cancelled.firstIndex(where: { $0.consumer.id == consumer }) {
                message = state.cancelled[index].consumer.unacknowledged.removeValue(forKey: number)
            }
            guard how == .requeue, var message else { return }
            message.redelivered = true
            state.queues[name]?.giveBack([message])
        }
        pump(name)
    }
}

extension FakeBroker.State {
    mutating func assign(_ name: String, broker: FakeBroker) {
        while let queue = queues[name], !queue.ready.isEmpty, !queue.consumers.isEmpty {
            let order =
                queue.isSingleActive
                ? [0] : (0..<queue.consumers.count).map { ($0 + queue.turn) % queue.consumers.count }
            guard
                let index = order.first(where: {
                    queue.consumers[$0].unacknowledged.count < queue.consumers[$0].prefetch
                })
            else { return }
            guard let message = queues[name]?.ready.removeFirst() else { return }
            queues[name]?.turn += 1
            queues[name]?.consumers[index].unacknowledged[message.number] = message
            let consumer = queue.consumers[index]
            let delivery = FakeDelivery(broker: broker, queue: name, consumer: consumer.id, message: message)
            outgoing.append { consumer.handler(delivery) }
        }
    }
}

extension FakeBroker.Queue {
    /// As quorum queues do: what comes back stands before everything else, in its old order.
    mutating func giveBack(_ messages: [FakeBroker.Message]) {
        ready = (ready + messages).sorted { $0.number < $1.number }
    }
}

final class FakeDelivery: Delivery {
    private let broker: FakeBroker
    private let queue: String
    private let consumer: UInt64
    private let number: UInt64
    private let value: BrokerMessage
    let redelivered: Bool

    init(broker: FakeBroker, queue: String, consumer: UInt64, message: FakeBroker.Message) {
        self.broker = broker
        self.queue = queue
        self.consumer = consumer
        number = message.number
        value = message.value
        redelivered = message.redelivered
    }

    var body: [UInt8] { value.body }
    var messageID: String? { value.messageID }
    var routingKey: String { value.routingKey }
    func header(_ name: String) -> String? { value.headers.first { $0.0 == name }?.1 }
    func acknowledge() { broker.settle(number, of: consumer, in: queue, .acknowledge) }
    func requeue() { broker.settle(number, of: consumer, in: queue, .requeue) }
    func reject() { broker.settle(number, of: consumer, in: queue, .reject) }
}
