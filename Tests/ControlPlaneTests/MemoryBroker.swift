import Domain
import Support
import Synchronization

/// A broker in memory: fanouts and queues, one process. Confirms at once unless told to fail.
final class MemoryBroker: MessageBroker, Sendable {
    /// What publishing does next.
    enum Behaviour: Sendable {
        case confirm
        /// Nothing gets through.
        case refuse(PublishError)
        /// So many messages get through, then nothing, and the failing call says so.
        case breakAfter(Int)
    }

    private struct State: Sendable {
        var isUp = true
        var behaviour = Behaviour.confirm
        var published: [BrokerMessage] = []
        var consumers: [Int: Consumer] = [:]
        var bindings: [String: Set<String>] = [:]
        var queues: [String: [BrokerMessage]] = [:]
        var fanouts: Set<String> = []
        var next = 0
    }

    private struct Consumer: Sendable {
        var queue: ConsumerQueue
        var handler: @Sendable (any Delivery) -> Void
    }

    private let state = Mutex(State())
    private let changed = FakeSignal()

    init() {}

    var isUp: Bool { state.withLock { $0.isUp } }
    func set(up: Bool) { state.withLock { $0.isUp = up } }
    func set(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    /// Every message that got through to an exchange, in order.
    func published(to exchange: String) -> [BrokerMessage] {
        state.withLock { $0.published.filter { $0.exchange == exchange } }
    }

    /// How many consume from queues bound to a fanout.
    func listeners(of exchange: String) -> Int {
        state.withLock { $0.consumers.values.filter { $0.queue == .exclusive(boundTo: exchange, rebound: {}) }.count }
    }

    /// Tells every consumer of a queue of its own that it was bound anew.
    func rebind() {
        for consumer in state.withLock({ Array($0.consumers.values) }) {
            if case .exclusive(_, let rebound) = consumer.queue { rebound() }
        }
    }

    /// Returns once something holds of the broker.
    ///
    /// - Throws: ``Late`` when that does not happen within `limit`.
    func wait(
        atMost limit: Duration = .seconds(120), until condition: (MemoryBroker) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            let count = changed.count
            if condition(self) { return }
            guard ContinuousClock.now < deadline else { throw Late() }
            await changed.wait(after: count, atMost: .milliseconds(20))
        }
    }

    struct Late: Error {}

    // MARK: MessageBroker

    func publish(_ message: BrokerMessage, timeoutMilliseconds: Int64) async throws(PublishError) {
        try await publish([message], timeoutMilliseconds: timeoutMilliseconds)
    }

    func publish(_ messages: [BrokerMessage], timeoutMilliseconds: Int64) async throws(PublishError) {
        var failure: PublishError?
        let handlers = state.withLock { state -> [(@Sendable (any Delivery) -> Void, BrokerMessage)] in
            var handlers: [(@Sendable (any Delivery) -> Void, BrokerMessage)] = []
            for message in messages {
                guard state.isUp else {
                    failure = .unavailable("down")
                    break
                }
                if case .refuse(let error) = state.behaviour {
                    failure = error
                    break
                }
                if case .breakAfter(let count) = state.behaviour {
                    guard count > 0 else {
                        failure = .unavailable("broke")
                        break
                    }
                    state.behaviour = .breakAfter(count - 1)
                }
                state.published.append(message)
                handlers += Self.route(message, &state).map { ($0, message) }
            }
            return handlers
        }
        for (handler, message) in handlers { handler(FakeDelivery(message: message)) }
        changed.signal()
        if let failure { throw failure }
    }

    private static func route(
        _ message: BrokerMessage, _ state: inout State
    ) -> [@Sendable (any Delivery) -> Void] {
        var handlers: [@Sendable (any Delivery) -> Void] = []
        var queues = message.exchange.isEmpty ? [message.routingKey] : Array(state.bindings[message.exchange] ?? [])
        for (_, consumer) in state.consumers.sorted(by: { $0.key < $1.key }) {
            switch consumer.queue {
            case .exclusive(let exchange, _): if exchange == message.exchange { handlers.append(consumer.handler) }
            case .durable(let name, _):
                if let place = queues.firstIndex(of: name) {
                    queues.remove(at: place)
                    handlers.append(consumer.handler)
                }
            }
        }
        for name in queues { state.queues[name, default: []].append(message) }
        return handlers
    }

    func ensureQueue(_ name: String, singleActiveConsumer: Bool) {
        state.withLock { $0.queues[name, default: []] += [] }
    }

    func ensureFanout(_ exchange: String) throws {
        try state.withLock { state in
            guard state.isUp else { throw DependencyError.unavailable("down") }
            state.fanouts.insert(exchange)
        }
    }

    func bind(queue: String, to exchange: String) {
        state.withLock { _ = $0.bindings[exchange, default: []].insert(queue) }
    }

    func depth(of queue: String) -> (messages: Int, consumers: Int)? {
        state.withLock { state in state.queues[queue].map { ($0.count, 0) } }
    }

    func deleteQueue(_ name: String) -> Int { state.withLock { $0.queues.removeValue(forKey: name)?.count ?? 0 } }

    func consume(
        _ queue: ConsumerQueue, prefetch: Int, handler: @escaping @Sendable (any Delivery) -> Void
    ) throws -> any ConsumerHandle {
        let (id, waiting) = try state.withLock { state -> (Int, [BrokerMessage]) in
            guard state.isUp else { throw DependencyError.unavailable("down") }
            state.next += 1
            state.consumers[state.next] = Consumer(queue: queue, handler: handler)
            guard case .durable(let name, _) = queue else { return (state.next, []) }
            defer { state.queues[name] = [] }
            return (state.next, state.queues[name] ?? [])
        }
        for message in waiting { handler(FakeDelivery(message: message)) }
        changed.signal()
        return Handle(broker: self, id: id)
    }

    private struct Handle: ConsumerHandle {
        let broker: MemoryBroker
        let id: Int
        func cancel() async { broker.state.withLock { $0.consumers[id] = nil } }
    }
}

private struct FakeDelivery: Delivery {
    let message: BrokerMessage
    var body: [UInt8] { message.body }
    var messageID: String? { message.messageID }
    var routingKey: String { message.routingKey }
    var redelivered: Bool { false }
    func header(_ name: String) -> String? { message.headers.first { $0.0 == name }?.1 }
    func acknowledge() {}
    func requeue() {}
    func reject() {}
}
