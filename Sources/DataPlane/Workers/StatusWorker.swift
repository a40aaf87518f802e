import CoreMetrics
package import Domain
import JSONCoding
package import Logging

/// Writes what platforms report about sent messages into the store, many at a time. Any number of nodes compete.
package final class StatusWorker: Sendable {
    /// Most statuses in one transaction.
    package static let batch = 200
    static let prefetch = 2 * batch

    private enum Event: Sendable {
        case delivery(any Delivery)
        case tick
        case stop
    }

    private let broker: any MessageBroker
    private let store: any MessageStore
    private let gates: ChannelGates
    private let routing: Routing
    private let timekeeper: any Timekeeper
    private let graveyard: Graveyard
    private let metrics: WorkerMetrics
    private let logger: Logger
    private let mailbox = Mailbox<Event>()

    package init(
        broker: any MessageBroker, store: any MessageStore, gates: ChannelGates, routing: Routing,
        timekeeper: any Timekeeper, graveyard: Graveyard, metrics: WorkerMetrics, logger: Logger
    ) {
        self.broker = broker
        self.store = store
        self.gates = gates
        self.routing = routing
        self.timekeeper = timekeeper
        self.graveyard = graveyard
        self.metrics = metrics
        self.logger = logger
    }

    package static var deadQueue: String { WebhookReceiver.statusQueue + ":dead" }

    /// Stops consuming; ``run()`` returns after the batch under way.
    package func stop() { mailbox.post(.stop) }

    package func run() async {
        let subscription = Tripwire()
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.subscribe(until: subscription) }
                await work()
                subscription.trip()
            }
        } onCancel: {
            mailbox.post(.stop)
        }
        for case .delivery(let delivery) in mailbox.take() ?? [] { delivery.requeue() }
    }

    private func subscribe(until stop: Tripwire) async {
        let subscriber = Subscriber(broker: broker, timekeeper: timekeeper, logger: logger)
        let consumer = await stop.guarding { [mailbox] in
            await subscriber.consume(
                .durable(WebhookReceiver.statusQueue, singleActiveConsumer: false), prefetch: Self.prefetch
            ) { mailbox.post(.delivery($0)) }
        }
        guard let consumer else { return }
        await stop.tripped()
        _ = await timekeeper.bounded(milliseconds: 5000) { await consumer.cancel() }
    }

    private func work() async {
        var waiting: [any Delivery] = []
        var tries = 0
        var isStopping = false
        while !isStopping {
            for event in await mailbox.next() {
                switch event {
                case .delivery(let delivery): waiting.append(delivery)
                case .tick: break
                case .stop: isStopping = true
                }
            }
            // More than the prefetch: the oldest are of a lost connection, and come again.
            if waiting.count > Self.prefetch { waiting.removeFirst(waiting.count - Self.prefetch) }
            while !waiting.isEmpty, !isStopping {
                let batch = Array(waiting.prefix(Self.batch))
                do {
                    try await apply(batch)
                    waiting.removeFirst(batch.count)
                    tries = 0
                } catch {
                    tries += 1
                    if tries == 1 { logger.warning("statuses wait", metadata: ["error": "\(error)"]) }
                    let wait = RetryPolicy().wait(number: tries, unit: .random(in: 0..<1))
                    _ = timekeeper.schedule(afterMilliseconds: wait) { [mailbox] in mailbox.post(.tick) }
                    break
                }
            }
        }
        for delivery in waiting { delivery.requeue() }
    }

    /// - Throws: when a dependency is away; then nothing is acknowledged, and all of it may be done again.
    private func apply(_ batch: [any Delivery]) async throws {
        var good: [(delivery: any Delivery, update: StatusUpdate)] = []
        var bad: [(delivery: any Delivery, why: String)] = []
        for delivery in batch {
            do {
                let value = try JSONValue.parse(delivery.body, limits: JSONLimits(maxBytes: 65_536))
                good.append((delivery, try JSONReader.read(value, StatusUpdate.init(reading:))))
            } catch {
                bad.append((delivery, "\(error)"))
            }
        }
        var changed: [StatusUpdate] = []
        do {
            if !good.isEmpty { changed = try await store.apply(good.map(\.update)) }
        } catch DependencyError.rejected {
            // One of them is at fault: find out which.
            var accepted: [(delivery: any Delivery, update: StatusUpdate)] = []
            for item in good {
                do {
                    changed += try await store.apply([item.update])
                    accepted.append(item)
                } catch DependencyError.rejected(let why) {
                    bad.append((item.delivery, "refused by the store: \(why)"))
                }
            }
            good = accepted
        }
        for (delivery, why) in bad {
            logger.error("malformed status", metadata: ["error": "\(Graveyard.printable(why))"])
            try await graveyard.bury(delivery, burial: Burial(error: why, attempts: 0), in: Self.deadQueue)
            metrics.badStatuses.increment()
        }
        for delivery in batch { delivery.acknowledge() }
        metrics.statuses.increment(by: Int64(good.count))
        for update in changed where update.status == .failed { failed(update) }
    }

    /// The codes that pause a channel mean the same when they come late.
    private func failed(_ update: StatusUpdate) {
        logger.warning(
            "the platform reports a failure",
            metadata: [
                "channel": "\(update.channelID)", "message": "\(update.messageID?.description ?? "?")",
                "code": "\(update.code ?? 0)", "text": "\(Graveyard.printable(update.text ?? ""))",
            ])
        guard let code = update.code, Self.pausing.contains(code),
            let channel = routing.current.channel(update.channelID)
        else { return }
        let now = timekeeper.uptime()
        let isNew = gates.with {
            $0.paused(
                channel.channel.id, generation: channel.generation, reason: "status", code: code, now: now)
        }
        if isNew {
            logger.error("channel paused", metadata: ["channel": "\(update.channelID)", "code": "\(code)"])
        }
    }

    /// Meta's codes for credentials and accounts at fault.
    static let pausing: Set<Int64> = [190, 368, 131_031, 131_042, 131_048]
}
