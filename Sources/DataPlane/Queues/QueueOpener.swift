package import Domain
import JSONCoding
import Synchronization

/// Opens queues with their first message: declares them and announces them to the workers.
///
/// The announcement waits in a durable queue until a worker has written it into the registry, so that a worker which
/// starts later finds the queue, also when the database is down now; and it goes to every worker that is up, which
/// consumes the new queue at once.
package final class QueueOpener: QueueOpening {
    /// The fanout of announcements, and the durable queue that keeps them.
    package static let announcements = "metachat.queues"

    private struct State {
        var opened: Set<QueueName> = []
        var isPrepared = false
    }

    private let broker: any MessageBroker
    private let timeoutMilliseconds: Int64
    private let state = Mutex(State())
    private let flights = SingleFlight<QueueName?>()

    /// More than any installation has; reaching it costs declaring them anew.
    static let mostRemembered = 200_000

    package init(broker: any MessageBroker, timeoutMilliseconds: Int64 = 4000) {
        self.broker = broker
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// - Throws: ``DependencyError``, ``PublishError``.
    package func open(_ queue: QueueName) async throws {
        if isOpen(queue) { return }
        try await flights.run(queue) {
            if isOpen(queue) { return }
            try await prepare()
            try await broker.ensureQueue(queue.name, singleActiveConsumer: true)
            do {
                try await announce(queue)
            } catch PublishError.unroutable {
                // The broker was wiped since: everything is declared anew.
                forgetAll()
                try await prepare()
                try await broker.ensureQueue(queue.name, singleActiveConsumer: true)
                try await announce(queue)
            }
            state.withLock { state in
                if state.opened.count >= Self.mostRemembered { state.opened = [] }
                state.opened.insert(queue)
            }
        }
    }

    package func forget(_ queue: QueueName) {
        state.withLock { state in
            state.opened.remove(queue)
            state.isPrepared = false
        }
    }

    /// Declares what all nodes share: the announcements' exchange and queue, and the statuses' queue. Happens by itself
    /// with the first queue; an edge calls it at its start, so that statuses find their queue.
    ///
    /// - Throws: ``DependencyError``.
    package func prepare() async throws {
        if state.withLock({ $0.isPrepared }) { return }
        try await flights.run(nil) {
            if state.withLock({ $0.isPrepared }) { return }
            try await broker.ensureFanout(Self.announcements)
            try await broker.ensureQueue(Self.announcements, singleActiveConsumer: false)
            try await broker.bind(queue: Self.announcements, to: Self.announcements)
            try await broker.ensureQueue(WebhookReceiver.statusQueue, singleActiveConsumer: false)
            state.withLock { $0.isPrepared = true }
        }
    }

    /// Only while the connection lasts: nobody knows what a broker still has that was away.
    package func isOpen(_ queue: QueueName) -> Bool {
        guard broker.isUp else {
            forgetAll()
            return false
        }
        return state.withLock { $0.opened.contains(queue) }
    }

    private func forgetAll() { state.withLock { $0 = State() } }

    private func announce(_ queue: QueueName) async throws {
        try await broker.publish(
            BrokerMessage(
                exchange: Self.announcements, routingKey: "", body: QueueAnnouncement(queue).serialized(),
                messageID: queue.name),
            timeoutMilliseconds: timeoutMilliseconds)
    }
}

/// `{"queue": "tenant:whatsapp:inbound"}`, and of a queue that was removed `{"queue": …, "gone": true}`.
struct QueueAnnouncement {
    let queue: QueueName
    let isGone: Bool

    init(_ queue: QueueName, isGone: Bool = false) {
        self.queue = queue
        self.isGone = isGone
    }

    init?(_ body: [UInt8]) {
        guard body.count <= 4096 else { return nil }
        do {
            let value = try JSONValue.parse(body)
            guard let name = value["queue"]?.string, let queue = QueueName(name) else { return nil }
            self.init(queue, isGone: value["gone"] == true)
        } catch {
            return nil
        }
    }

    func serialized() -> [UInt8] {
        var object: JSONObject = ["queue": .string(queue.name)]
        object.append("gone", isGone ? true : nil)
        return JSONValue.object(object).serialized()
    }
}
