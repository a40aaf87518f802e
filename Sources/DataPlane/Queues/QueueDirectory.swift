package import Domain
package import Logging
import Synchronization

/// Knows which queues exist: from the registry at start and every now and then, and at once from what edges announce.
/// Also writes the announcements into the registry, in competition with the other workers.
package final class QueueDirectory: Sendable {
    private let broker: any MessageBroker
    private let registry: any QueueRegistry
    private let timekeeper: any Timekeeper
    private let logger: Logger
    private let known: Mutex<KnownQueues>
    private let observer = Mutex(Observer())
    private let mailbox = Mailbox<Event>()

    /// Between two readings of the whole registry, in milliseconds: mends whatever was missed.
    static let refreshMilliseconds: Int64 = 15_000
    /// Announcements held at once.
    static let prefetch = 200

    private struct Observer {
        var changed: (@Sendable () -> Void)?
    }

    private enum Event: Sendable {
        case announced(any Delivery)
        case refresh
        case stop
    }

    package init(
        broker: any MessageBroker, registry: any QueueRegistry, timekeeper: any Timekeeper, logger: Logger
    ) {
        self.broker = broker
        self.registry = registry
        self.timekeeper = timekeeper
        self.logger = logger
        known = Mutex(KnownQueues())
    }

    /// The queues that exist, as far as is known now.
    package var queues: Set<QueueName> { known.withLock { $0.queues } }

    /// Calls back after every change, on any thread. One observer.
    package func observe(_ changed: @escaping @Sendable () -> Void) { observer.withLock { $0.changed = changed } }

    /// Learns until its task is cancelled.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.listen() }
                group.addTask { await self.collect() }
                mailbox.post(.refresh)
                await work()
            }
        } onCancel: {
            mailbox.post(.stop)
        }
    }

    func learn(_ queues: [QueueName]) {
        let now = timekeeper.uptime()
        if known.withLock({ $0.heard(queues, now: now) }) { changed() }
    }

    /// A queue that was removed from the broker and from the registry.
    package func forget(_ queue: QueueName) {
        if known.withLock({ $0.forgotten(queue) }) { changed() }
    }

    private func changed() { observer.withLock { $0.changed }?() }

    /// The announcements to everybody.
    private func listen() async {
        await consume(
            .exclusive(boundTo: QueueOpener.announcements, rebound: { [mailbox] in mailbox.post(.refresh) })
        ) { [weak self] delivery in
            if let announcement = QueueAnnouncement(delivery.body) {
                if announcement.isGone {
                    self?.forget(announcement.queue)
                } else {
                    self?.learn([announcement.queue])
                }
            }
            delivery.acknowledge()
        }
    }

    /// The announcements for the registry.
    private func collect() async {
        await consume(.durable(QueueOpener.announcements, singleActiveConsumer: false)) { [mailbox] delivery in
            mailbox.post(.announced(delivery))
        }
    }

    private func consume(_ queue: ConsumerQueue, _ handler: @escaping @Sendable (any Delivery) -> Void) async {
        do {
            while true {
                do {
                    try await broker.ensureFanout(QueueOpener.announcements)
                    try await broker.ensureQueue(QueueOpener.announcements, singleActiveConsumer: false)
                    try await broker.bind(queue: QueueOpener.announcements, to: QueueOpener.announcements)
                    break
                } catch is CancellationError {
                    return
                } catch {
                    try await timekeeper.sleep(milliseconds: 500)
                }
            }
            let subscriber = Subscriber(broker: broker, timekeeper: timekeeper, logger: logger)
            guard let consumer = await subscriber.consume(queue, prefetch: Self.prefetch, handler: handler) else {
                return
            }
            // Nothing to do until the end.
            while true {
                do { try await timekeeper.sleep(milliseconds: 3_600_000) } catch { break }
            }
            await consumer.cancel()
        } catch {}
    }

    /// Writes to and reads from the registry, one thing at a time; both are tried until they succeed.
    private func work() async {
        var timer = scheduleRefresh()
        var tries = 0
        var waiting: [any Delivery] = []
        var wantsRefresh = false
        while true {
            for event in await mailbox.next() {
                switch event {
                case .announced(let delivery): waiting.append(delivery)
                case .refresh: wantsRefresh = true
                case .stop:
                    timer.cancel()
                    return
                }
            }
            do {
                if !waiting.isEmpty {
                    try await record(waiting)
                    waiting = []
                }
                if wantsRefresh {
                    let queues = try await registry.all()
                    let now = timekeeper.uptime()
                    if known.withLock({ $0.refreshed(queues, now: now) }) { changed() }
                    wantsRefresh = false
                    timer.cancel()
                    timer = scheduleRefresh()
                }
                tries = 0
            } catch {
                tries += 1
                if tries == 1 { logger.warning("the registry of queues is away", metadata: ["error": "\(error)"]) }
                // What the broker took back in the meantime comes again; nothing is held twice.
                if waiting.count > Self.prefetch { waiting.removeFirst(waiting.count - Self.prefetch) }
                timer.cancel()
                timer = timekeeper.schedule(
                    afterMilliseconds: RetryPolicy().wait(number: tries, unit: .random(in: 0..<1))
                ) { [mailbox] in mailbox.post(.refresh) }
            }
        }
    }

    private func scheduleRefresh() -> any ScheduledFire {
        timekeeper.schedule(afterMilliseconds: Self.refreshMilliseconds) { [mailbox] in mailbox.post(.refresh) }
    }

    private func record(_ deliveries: [any Delivery]) async throws {
        var queues: [QueueName] = []
        for delivery in deliveries {
            guard let announcement = QueueAnnouncement(delivery.body) else {
                logger.error("malformed announcement of a queue", metadata: ["bytes": "\(delivery.body.count)"])
                continue
            }
            if !announcement.isGone { queues.append(announcement.queue) }
        }
        learn(queues)
        if !queues.isEmpty { try await registry.add(queues) }
        for delivery in deliveries { delivery.acknowledge() }
    }
}

/// What is known of the queues, and since when.
struct KnownQueues: Sendable {
    /// How long an announcement is believed against a registry that does not have it (yet), in milliseconds.
    static let graceMilliseconds: Int64 = 60_000

    private(set) var queues: Set<QueueName> = []
    private var heardAt: [QueueName: Int64] = [:]

    /// True when something changed.
    mutating func heard(_ names: [QueueName], now: Int64) -> Bool {
        let before = queues.count
        for name in names {
            queues.insert(name)
            heardAt[name] = now
        }
        return queues.count != before
    }

    /// True when something changed.
    mutating func forgotten(_ name: QueueName) -> Bool {
        heardAt[name] = nil
        return queues.remove(name) != nil
    }

    /// The registry's whole content: what it does not have is gone, unless it was announced a moment ago.
    mutating func refreshed(_ names: [QueueName], now: Int64) -> Bool {
        heardAt = heardAt.filter { now - $0.value < Self.graceMilliseconds }
        let next = Set(names).union(heardAt.keys)
        defer { queues = next }
        return next != queues
    }
}
