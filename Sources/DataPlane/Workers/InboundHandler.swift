package import Domain
package import Logging
package import Orchestrator

/// Does the work on inbound messages: the shell between a lane and the pipeline.
package struct InboundHandler: LaneHandler {
    package struct Job: Sendable {
        package let message: NormalizedMessage
        /// Since when its tenant or channel has been missing from the config, by the uptime clock.
        package var missingSince: Int64?
    }

    /// How long config that is missing may still be on its way, in milliseconds.
    package static let configGraceMilliseconds: Int64 = 60_000
    /// Before looking again whether a disabled channel is enabled, in milliseconds.
    package static let lookAgainMilliseconds: Int64 = 1000

    private let queue: QueueName
    private let pipeline: Pipeline
    private let store: any MessageStore
    private let routing: Routing
    private let timekeeper: any Timekeeper
    private let metrics: PipelineMetrics
    private let logger: Logger

    package init(
        queue: QueueName, pipeline: Pipeline, store: any MessageStore, routing: Routing, timekeeper: any Timekeeper,
        metrics: PipelineMetrics, logger: Logger
    ) {
        self.queue = queue
        self.pipeline = pipeline
        self.store = store
        self.routing = routing
        self.timekeeper = timekeeper
        self.metrics = metrics
        self.logger = logger
    }

    package func admit(_ delivery: any Delivery) -> Admission<Job> {
        switch MessageReading.read(delivery.body, from: queue) {
        case .message(let message): .job(Job(message: message), id: message.id, lane: message.conversation)
        case .malformed(let why): .malformed(why)
        }
    }

    package func attempt(_ job: inout Job, number: Int) async -> AttemptEnd {
        let table = routing.current
        guard let channel = table.channel(job.message.channelID), channel.channel.tenantID == job.message.tenantID,
            channel.channel.type == job.message.channel
        else {
            let now = timekeeper.uptime()
            if table.revision > 0, let since = job.missingSince, now - since > Self.configGraceMilliseconds {
                return .poison("its channel does not exist any more")
            }
            if job.missingSince == nil { job.missingSince = now }
            return .hold(milliseconds: Self.lookAgainMilliseconds)
        }
        job.missingSince = nil
        guard channel.isUsable else { return .hold(milliseconds: Self.lookAgainMilliseconds) }
        let tenant = TenantProfile(
            id: channel.tenant.tenant.id, name: channel.tenant.tenant.name, settings: channel.tenant.settings)
        do {
            switch try await pipeline.handle(job.message, for: tenant) {
            case .ended, .duplicate: return .done
            case .predecessorOpen: return .predecessorOpen
            }
        } catch {
            return Fault.end(error)
        }
    }

    package func buried(_ job: Job, burial: Burial) async throws {
        metrics.dead()
        _ = try await store.conclude(job.message, with: .end(.dead, reason: burial.error), now: timekeeper.now())
    }

    /// Gives each its position, so that whoever consumes next sees that it comes before what is consumed there.
    package func handOver(_ jobs: [Job]) async {
        for job in jobs {
            guard !Task.isCancelled else { return }
            do {
                _ = try await store.record(job.message, now: timekeeper.now())
            } catch {
                logger.info(
                    "handed over without a fixed order", metadata: ["queue": "\(queue.name)", "error": "\(error)"])
                return
            }
        }
    }
}
