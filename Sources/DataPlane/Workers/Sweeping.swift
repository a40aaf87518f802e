import CoreMetrics
package import Domain
package import Logging

/// Fails the sends whose fate nobody has told for ten minutes: `unknown`, and `sending` of nodes that died.
package struct UnknownSweeper: Sendable {
    package static let ageMilliseconds: Int64 = 600_000
    package static let everyMilliseconds: Int64 = 30_000
    static let batch = 200

    let store: any MessageStore
    let timekeeper: any Timekeeper
    let metrics: WorkerMetrics
    let logger: Logger

    package init(store: any MessageStore, timekeeper: any Timekeeper, metrics: WorkerMetrics, logger: Logger) {
        self.store = store
        self.timekeeper = timekeeper
        self.metrics = metrics
        self.logger = logger
    }

    /// Until its task is cancelled.
    package func run() async {
        await Sweeping.run(every: Self.everyMilliseconds, timekeeper, logger, "unknown sends") { try await sweep() }
    }

    package func sweep() async throws {
        while true {
            let now = timekeeper.now()
            let expired = try await store.expireUnknown(
                before: now.adding(milliseconds: -Self.ageMilliseconds), now: now, limit: Self.batch)
            metrics.expired.increment(by: Int64(expired.count))
            for stored in expired {
                logger.warning(
                    "outcome of a send stayed unknown",
                    metadata: ["message": "\(stored.message.id)", "channel": "\(stored.message.channelID)"])
            }
            if expired.count < Self.batch { return }
        }
    }
}

/// Publishes the answers that a process recorded and did not live to publish.
package struct OutboxSweeper: Sendable {
    package static let ageMilliseconds: Int64 = 10_000
    package static let everyMilliseconds: Int64 = 5000
    static let batch = 200

    let store: any MessageStore
    let publisher: MessagePublisher
    /// Which of the workers does it, so that not all do; whoever it is, a copy more does no harm.
    let membership: any WorkerMembership
    let nodeID: String
    let timekeeper: any Timekeeper
    let metrics: WorkerMetrics
    let logger: Logger

    package init(
        store: any MessageStore, publisher: MessagePublisher, membership: any WorkerMembership, nodeID: String,
        timekeeper: any Timekeeper, metrics: WorkerMetrics, logger: Logger
    ) {
        self.store = store
        self.publisher = publisher
        self.membership = membership
        self.nodeID = nodeID
        self.timekeeper = timekeeper
        self.metrics = metrics
        self.logger = logger
    }

    /// Until its task is cancelled.
    package func run() async {
        await Sweeping.run(every: Self.everyMilliseconds, timekeeper, logger, "unpublished answers") {
            try await sweep()
        }
    }

    package func sweep() async throws {
        let workers = membership.readyWorkers
        if !workers.isEmpty, StableHash.owner(of: "outbox", among: workers) != nodeID { return }
        while true {
            let before = timekeeper.now().adding(milliseconds: -Self.ageMilliseconds)
            let messages = try await store.unpublished(before: before, limit: Self.batch)
            // In order: messages of one conversation follow each other.
            for message in messages {
                try await publisher.publish(message)
                try await store.markPublished([message.id])
                metrics.republished.increment()
            }
            if messages.count < Self.batch { return }
        }
    }
}

/// A piece of work that is done again and again.
enum Sweeping {
    static func run(
        every milliseconds: Int64, _ timekeeper: any Timekeeper, _ logger: Logger, _ what: String,
        _ sweep: () async throws -> Void
    ) async {
        var failures = 0
        while true {
            do {
                // Nodes that start together do not sweep together.
                try await timekeeper.sleep(milliseconds: milliseconds / 2 + .random(in: 0...milliseconds))
                try await sweep()
                failures = 0
            } catch is CancellationError {
                return
            } catch {
                if Task.isCancelled { return }
                failures += 1
                if failures == 1 {
                    logger.warning(
                        "sweep failed", metadata: ["of": "\(what)", "error": "\(Graveyard.printable("\(error)"))"])
                }
            }
        }
    }
}
