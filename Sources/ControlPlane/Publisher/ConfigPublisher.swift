package import Domain
import JSONCoding
package import Logging
package import Observability
import ServiceLifecycle
import Synchronization

/// Sends committed config changes to the fanout `metachat.config`, in the order of their revisions.
///
/// One of all control planes holds the lead and publishes. A change is marked as published after the broker's confirm;
/// whatever fails in between is published again from the first change that is not marked.
package final class ConfigPublisher: Service {
    package static let exchange = "metachat.config"
    /// Changes in one go; their confirms overlap.
    private static let batch = 256
    /// Milliseconds for the broker to confirm a batch.
    private static let confirmTimeout: Int64 = 10_000
    /// For what was just committed, when the process is told to stop.
    private static let drain: Duration = .seconds(2)

    private struct State: Sendable {
        var isLeading = false
        /// Whether the log knows of this leadership. Without a broker it begins again and again; it is told when it bears.
        var isTold = false
        /// In the lead, with nothing left to publish.
        var isIdle = false
        var published: Int64 = 0
        var backoff = Backoff()

        mutating func lose() {
            isLeading = false
            isTold = false
            isIdle = false
        }
    }

    private let outbox: any ConfigOutbox
    private let broker: any MessageBroker
    private let heartbeat: Int64
    private let logger: Logger
    private let state = Mutex(State())
    private let publishedTotal: CounterSeries
    private let waiting: GaugeSeries
    private let revision: GaugeSeries

    /// - Parameter heartbeatMilliseconds: after which the outbox is looked at even if nobody said that something is in
    ///   there.
    package init(
        outbox: any ConfigOutbox, broker: any MessageBroker, metrics: MetricRegistry = MetricRegistry(),
        heartbeatMilliseconds: Int64 = 2000, logger: Logger
    ) {
        heartbeat = heartbeatMilliseconds
        self.outbox = outbox
        self.broker = broker
        self.logger = logger
        publishedTotal = metrics.counter(.configPublished)
        waiting = metrics.gauge(.configOutbox)
        revision = metrics.gauge(.configRevision)
    }

    /// The highest revision that this process has published.
    package var lastPublished: Int64 { state.withLock { $0.published } }
    package var isLeading: Bool { state.withLock { $0.isLeading } }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.work() }
            group.addTask {
                do {
                    try await gracefulShutdown()
                    await self.drained()
                } catch {
                    // Cancelled: there is no time for the rest, which another process or life publishes.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func work() async {
        while !Task.isCancelled {
            do {
                try await outbox.lead { session in
                    self.state.withLock { $0.isLeading = true }
                    try await self.broker.ensureFanout(Self.exchange)
                    while !Task.isCancelled { try await self.step(session) }
                }
            } catch {
                if Task.isCancelled { break }
                // Once per trouble and now and then; the rest is noise.
                let failures = state.withLock { $0.backoff.failures }
                if failures % 20 == 0 {
                    logger.warning("config changes cannot be published now", metadata: ["error": "\(error)"])
                }
            }
            state.withLock { $0.lose() }
            let pause = state.withLock { $0.backoff.next() }
            do { try await Task.sleep(for: .milliseconds(pause)) } catch { break }
        }
        state.withLock { $0.lose() }
    }

    /// Publishes the next changes, or waits for some.
    private func step(_ session: any ConfigOutboxSession) async throws {
        let events = try await session.unpublished(limit: Self.batch)
        guard let last = events.last else {
            waiting.set(Int64(0))
            succeeded { $0.isIdle = true }
            try await session.wake(atMost: heartbeat)
            return
        }
        state.withLock { $0.isIdle = false }
        waiting.set(Int64(events.count))
        try await broker.publish(events.map(Self.message), timeoutMilliseconds: Self.confirmTimeout)
        try await session.markPublished(through: last.revision)
        succeeded { $0.published = max($0.published, last.revision) }
        publishedTotal.increment(by: Int64(events.count))
        revision.set(last.revision)
        waiting.set(Int64(0))
        logger.debug(
            "config changes published", metadata: ["revision": "\(last.revision)", "count": "\(events.count)"])
    }

    private func succeeded(_ note: (inout State) -> Void) {
        let isNew = state.withLock { state in
            note(&state)
            state.backoff.reset()
            defer { state.isTold = true }
            return !state.isTold
        }
        if isNew { logger.info("this process publishes config changes") }
    }

    /// Returns when nothing is left to publish, or this is not the one to do it, or time is up.
    private func drained() async {
        let deadline = ContinuousClock.now + Self.drain
        repeat {
            // The word of a commit in the last moment may be on its way.
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
            if state.withLock({ !$0.isLeading || $0.isIdle }) { return }
        } while ContinuousClock.now < deadline
    }

    static func message(_ event: ConfigEvent) -> BrokerMessage {
        BrokerMessage(
            exchange: exchange, routingKey: "", body: event.json.serialized(), messageID: String(event.revision),
            persistent: true, mandatory: false)
    }
}
