package import Domain
import Synchronization

/// One process's connection to a ``FakeBroker``.
package final class FakeConnection: MessageBroker {
    private enum Status { case up, down, killed }

    private let broker: FakeBroker
    private let hook: PortHook?
    private let id: UInt64
    private let status = Mutex(Status.up)

    init(_ broker: FakeBroker, hook: PortHook?) {
        self.broker = broker
        self.hook = hook
        id = broker.state.withLock { state in
            state.counter += 1
            return state.counter
        }
    }

    package var isUp: Bool { status.withLock { $0 == .up } }

    private func check() throws(DependencyError) {
        guard isUp else { throw .unavailable("no connection") }
    }

    package func publish(_ message: BrokerMessage, timeoutMilliseconds: Int64) async throws(PublishError) {
        try await pass(message, .before)
        guard isUp else { throw .unavailable("no connection") }
        try broker.publish(message, connection: id)
        try await pass(message, .after)
    }

    private func pass(_ message: BrokerMessage, _ moment: PortMoment) async throws(PublishError) {
        do {
            try await hook?("publish \(message.exchange)\(message.routingKey)", moment)
        } catch let error as PublishError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }

    package func publish(_ messages: [BrokerMessage], timeoutMilliseconds: Int64) async throws(PublishError) {
        for message in messages { try await publish(message, timeoutMilliseconds: timeoutMilliseconds) }
    }

    package func ensureQueue(_ name: String, singleActiveConsumer: Bool) async throws {
        try await hook?("ensureQueue \(name)", .before)
        try check()
        broker.state.withLock { state in
            if state.queues[name] == nil {
                state.queues[name] = FakeBroker.Queue(isSingleActive: singleActiveConsumer)
            }
        }
    }

    package func deleteQueue(_ name: String) async throws -> Int {
        try await hook?("deleteQueue \(name)", .before)
        try check()
        let count = broker.state.withLock { $0.queues.removeValue(forKey: name)?.ready.count ?? 0 }
        try await hook?("deleteQueue \(name)", .after)
        return count
    }

    package func ensureFanout(_ exchange: String) async throws {
        try check()
        broker.state.withLock { state in
            if state.fanouts[exchange] == nil { state.fanouts[exchange] = [] }
        }
    }

    package func bind(queue: String, to exchange: String) async throws {
        try check()
        broker.state.withLock { state in _ = state.fanouts[exchange, default: []].insert(queue) }
    }

    package func depth(of queue: String) async throws -> (messages: Int, consumers: Int)? {
        try await hook?("depth \(queue)", .before)
        try check()
        return broker.state.withLock { state in
            state.queues[queue].map { ($0.ready.count, $0.consumers.count) }
        }
    }

    package func consume(
        _ queue: ConsumerQueue, prefetch: Int, handler: @escaping @Sendable (any Delivery) -> Void
    ) async throws -> any ConsumerHandle {
        let name: String
        switch queue {
        case .durable(let durable, let single):
            try await hook?("consume \(durable)", .before)
            try await ensureQueue(durable, singleActiveConsumer: single)
            name = durable
        case .exclusive(let fanout, let rebound):
            try check()
            name = broker.state.withLock { state in
                state.counter += 1
                let name = "exclusive-\(state.counter)"
                state.queues[name] = FakeBroker.Queue()
                state.fanouts[fanout, default: []].insert(name)
                state.exclusives[state.counter] = (id, fanout, rebound)
                return name
            }
        }
        let consumer = broker.state.withLock { state in
            state.counter += 1
            state.queues[name]?.consumers.append(
                FakeBroker.Consumer(
                    handle: state.counter, id: state.counter, connection: id, prefetch: prefetch, handler: handler))
            return state.counter
        }
        broker.pump(name)
        return FakeConsumer(connection: self, queue: name, id: consumer)
    }

    fileprivate func cancel(_ consumer: UInt64, _ queue: String) async {
        do { try await hook?("cancel \(queue)", .before) } catch {}
        broker.state.withLock { state in
            guard let index = state.queues[queue]?.consumers.firstIndex(where: { $0.handle == consumer }) else {
                return
            }
            if let gone = state.queues[queue]?.consumers.remove(at: index) { state.cancelled.append((queue, gone)) }
        }
        broker.pump(queue)
    }

    // MARK: Faults

    /// The process dies: its consumers are gone, what it held is given to others. What it still calls fails.
    package func kill() {
        status.withLock { $0 = .killed }
        drop(forGood: true)
    }

    /// The connection breaks, and stands again at once: everything handed out comes again, to the same handlers.
    package func reconnect() {
        drop(forGood: false)
    }

    /// The broker is away until ``comeBack()``.
    package func goAway() {
        status.withLock { if $0 == .up { $0 = .down } }
        broker.state.withLock { state in
            state.down.insert(id)
            for name in state.queues.keys { state.takeBack(name, connection: id, keepingConsumers: true) }
        }
    }

    package func comeBack() {
        status.withLock { if $0 == .down { $0 = .up } }
        broker.state.withLock { state in _ = state.down.remove(id) }
        for name in broker.queueNames { broker.pump(name) }
    }

    private func drop(forGood: Bool) {
        let (names, rebounds) = broker.state.withLock { state -> ([String], [@Sendable () -> Void]) in
            for name in state.queues.keys { state.takeBack(name, connection: id, keepingConsumers: !forGood) }
            return (Array(state.queues.keys), state.exclusives.values.filter { $0.connection == id }.map(\.rebound))
        }
        if !forGood { for rebound in rebounds { rebound() } }
        for name in names { broker.pump(name) }
    }
}

extension FakeBroker.State {
    mutating func takeBack(_ name: String, connection: UInt64, keepingConsumers: Bool) {
        guard let queue = queues[name] else { return }
        var messages: [FakeBroker.Message] = []
        var kept: [FakeBroker.Consumer] = []
        for var consumer in queue.consumers {
            guard consumer.connection == connection else {
                kept.append(consumer)
                continue
            }
            messages += consumer.unacknowledged.values
            consumer.unacknowledged = [:]
            // Under a new id, so that what was handed out before is stale.
            counter += 1
            consumer.id = counter
            if keepingConsumers { kept.append(consumer) }
        }
        for (index, item) in cancelled.enumerated().reversed()
        where item.queue == name && item.consumer.connection == connection {
            messages += item.consumer.unacknowledged.values
            cancelled.remove(at: index)
        }
        for index in messages.indices { messages[index].redelivered = true }
        queues[name]?.consumers = kept
        queues[name]?.giveBack(messages)
    }
}

private struct FakeConsumer: ConsumerHandle {
    let connection: FakeConnection
    let queue: String
    let id: UInt64

    func cancel() async { await connection.cancel(id, queue) }
}
