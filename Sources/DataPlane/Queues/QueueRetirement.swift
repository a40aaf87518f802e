package import Domain
package import Logging

/// Removes queues that no channel needs any more, once they are empty.
///
/// A queue goes when all of this holds, so that nothing that was ever accepted goes with it:
/// - no channel of its tenant and type is in use, as this node and every other has applied it, and that for
///   ``QueueRetirementPlan/quietMilliseconds``, which is longer than any publish that was under way takes;
/// - this node, its consumer, holds no delivery of it, and the broker says that it is empty, which is believed only
///   while the broker also knows our consumer (a queue that does not answer counts as empty);
/// - it is still empty when we no longer consume it;
/// - the database, where no channel can be created meanwhile, has none and has had none since.
package final class QueueRetirement: Sendable {
    private let broker: any MessageBroker
    private let registry: any QueueRegistry
    private let directory: QueueDirectory
    private let consumers: QueueConsumers
    private let membership: any WorkerMembership
    private let routing: Routing
    private let timekeeper: any Timekeeper
    private let logger: Logger

    /// Between two looks, in milliseconds.
    static let lookMilliseconds: Int64 = 5000

    package init(
        broker: any MessageBroker, registry: any QueueRegistry, directory: QueueDirectory, consumers: QueueConsumers,
        membership: any WorkerMembership, routing: Routing, timekeeper: any Timekeeper, logger: Logger
    ) {
        self.broker = broker
        self.registry = registry
        self.directory = directory
        self.consumers = consumers
        self.membership = membership
        self.routing = routing
        self.timekeeper = timekeeper
        self.logger = logger
    }

    /// Looks until its task is cancelled.
    package func run() async {
        var plan = QueueRetirementPlan()
        await Sweeping.run(every: Self.lookMilliseconds, timekeeper, logger, "queues that no channel needs") {
            try await look(&plan)
        }
    }

    private func look(_ plan: inout QueueRetirementPlan) async throws {
        let table = routing.current
        guard table.revision > 0 else { return }
        let unneeded = consumers.idleQueues.filter { !table.hasChannel($0.channel, tenantID: $0.tenantID) }
        let due = plan.look(
            unneeded, revision: table.revision, now: timekeeper.uptime(), haveApplied: membership.haveApplied)
        for (queue, revision) in due.sorted(by: { $0.queue.name < $1.queue.name }) {
            do {
                try await retire(queue, since: revision)
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.info("a queue stays for now", metadata: ["queue": "\(queue.name)", "error": "\(error)"])
            }
        }
    }

    private func retire(_ queue: QueueName, since revision: Int64) async throws {
        // Before anything is disturbed: this node may be unable to build the channel that needs it.
        guard try await !registry.isNeeded(queue, since: revision) else { return }
        guard let consumed = try await broker.depth(of: queue.name), consumed.messages == 0, consumed.consumers > 0,
            consumers.idleQueues.contains(queue)
        else { return }
        defer { consumers.restore(queue) }
        guard try await consumers.withhold(queue) else { return }
        guard let alone = try await broker.depth(of: queue.name), alone.messages == 0, alone.consumers == 0 else {
            return
        }
        let isRetired = try await registry.retire(queue, since: revision) { [broker, logger] in
            // Said before it happens, so that whoever opens the queue again is heard after this, not before.
            try await broker.publish(
                BrokerMessage(
                    exchange: QueueOpener.announcements, routingKey: "",
                    body: QueueAnnouncement(queue, isGone: true).serialized(), messageID: queue.name),
                timeoutMilliseconds: 4000)
            let lost = try await broker.deleteQueue(queue.name)
            if lost > 0 {
                logger.critical("a queue went with messages", metadata: ["queue": "\(queue.name)", "count": "\(lost)"])
            }
        }
        guard isRetired else { return }
        // Whoever read the registry meanwhile still found it there; forgotten before we consume, and so declare, it.
        directory.forget(queue)
        logger.info("removed a queue that no channel needs", metadata: ["queue": "\(queue.name)"])
    }
}

/// Since when queues have not been needed. Pure.
struct QueueRetirementPlan: Sendable {
    /// How long a queue stays after the last node has heard that nothing needs it, in milliseconds.
    static let quietMilliseconds: Int64 = 30_000

    private struct Candidate {
        /// At which no channel needed it.
        var revision: Int64
        /// Since when every node has applied that.
        var agreedAt: Int64?
    }

    private var candidates: [QueueName: Candidate] = [:]

    /// - Parameters:
    ///   - unneeded: the idle queues without a channel at this revision of the config.
    ///   - now: milliseconds on a clock that never goes back.
    /// - Returns: the queues that have been so for long enough, with the revision since which.
    mutating func look(
        _ unneeded: Set<QueueName>, revision: Int64, now: Int64, haveApplied: (Int64) -> Bool
    ) -> [(queue: QueueName, revision: Int64)] {
        candidates = candidates.filter { unneeded.contains($0.key) }
        var due: [(QueueName, Int64)] = []
        for queue in unneeded {
            var candidate = candidates[queue] ?? Candidate(revision: revision)
            if candidate.agreedAt == nil, haveApplied(candidate.revision) { candidate.agreedAt = now }
            candidates[queue] = candidate
            if let agreed = candidate.agreedAt, now - agreed >= Self.quietMilliseconds {
                due.append((queue, candidate.revision))
                // Whatever comes of it, the next time is as far away.
                candidates[queue] = nil
            }
        }
        return due
    }
}
