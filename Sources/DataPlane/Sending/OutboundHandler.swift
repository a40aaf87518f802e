package import Channels
import CoreMetrics
package import Domain
package import Logging

/// What all senders of a node share.
package struct SendingContext: Sendable {
    package let store: any MessageStore
    package let routing: Routing
    package let transport: any HTTPTransport
    package let pacer: NumberPacer
    package let slots: SlotPool
    /// How many claims may be becoming final at once. Who is killed then leaves as many messages of unknown fate at most,
    /// and those that its event loops have in hand; more at once would make none of them faster.
    package let commits = SlotPool(total: 4, perKey: 4)
    package let gates: ChannelGates
    package let timekeeper: any Timekeeper
    package let metrics: WorkerMetrics
    package let nodeID: String
    package let logger: Logger

    package init(
        store: any MessageStore, routing: Routing, transport: any HTTPTransport, pacer: NumberPacer, slots: SlotPool,
        gates: ChannelGates, timekeeper: any Timekeeper, metrics: WorkerMetrics, nodeID: String, logger: Logger
    ) {
        self.store = store
        self.routing = routing
        self.transport = transport
        self.pacer = pacer
        self.slots = slots
        self.gates = gates
        self.timekeeper = timekeeper
        self.metrics = metrics
        self.nodeID = nodeID
        self.logger = logger
    }
}

/// Sends outbound messages: the channel's gate ▸ its number's pace ▸ a slot ▸ claim ▸ send ▸ settle or release.
///
/// Nothing is sent without a claim, which is made final when a connection stands and the request's body is next: what is
/// lost later, with the process or with the answer, is never sent a second time; what is lost before is sent by the next.
package struct OutboundHandler: LaneHandler {
    package typealias Job = SendJob

    private let queue: QueueName
    private let context: SendingContext

    package init(queue: QueueName, context: SendingContext) {
        self.queue = queue
        self.context = context
    }

    package func admit(_ delivery: any Delivery) -> Admission<SendJob> {
        switch MessageReading.read(delivery.body, from: queue) {
        case .message(let message):
            let token = UInt64.random(in: .min ... .max)
            let job = SendJob(message: message, claimant: "\(context.nodeID)/\(String(token, radix: 36))")
            return .job(job, id: message.id, lane: message.conversation)
        case .malformed(let why): return .malformed(why)
        }
    }

    package func attempt(_ job: inout SendJob, number: Int) async -> AttemptEnd {
        switch job.phase {
        case .toSend: await send(&job)
        case .toSettle(let outcome): await settle(&job, outcome)
        case .toRelease(let claim, let partsSent, let end): await release(&job, claim, partsSent, then: end)
        }
    }

    /// Until its end is in the store, what the platform has said counts and not how long that takes.
    package func timedOut(_ job: SendJob, end: AttemptEnd) -> AttemptEnd { end }

    package func buried(_ job: SendJob, burial: Burial) async throws {
        let reason = job.missingSince == nil ? "retries_exhausted" : "channel_gone"
        try await context.store.settle(
            job.message.id, .failed(reason: reason, code: job.code, text: Graveyard.printable(burial.error)),
            now: context.timekeeper.now())
    }
}

// MARK: Before the claim

extension OutboundHandler {
    private func send(_ job: inout SendJob) async -> AttemptEnd {
        let table = context.routing.current
        guard let channel = table.channel(job.message.channelID), channel.channel.tenantID == job.message.tenantID,
            channel.channel.type == job.message.channel
        else { return missing(&job, isConfigured: table.revision > 0) }
        job.missingSince = nil
        guard channel.isUsable else { return .hold(milliseconds: InboundHandler.lookAgainMilliseconds) }
        let (id, generation) = (channel.channel.id, channel.generation)
        let now = context.timekeeper.uptime()
        if context.gates.with({ $0.isClosed(id, generation: generation, now: now) }) {
            return .hold(milliseconds: InboundHandler.lookAgainMilliseconds)
        }
        do {
            if let wait = try await paced(&job, channel.adapter) { return .hold(milliseconds: wait) }
            let (ended, end) = try await context.slots.with(id) { [job] in
                var job = job
                let end = try await claimAndSend(&job, channel)
                return (job, end)
            }
            job = ended
            // What follows needs no slot.
            switch job.phase {
            case .toSend: return end
            case .toSettle(let outcome): return await settle(&job, outcome)
            case .toRelease(let claim, let partsSent, let end):
                return await release(&job, claim, partsSent, then: end)
            }
        } catch {
            return Fault.end(error)
        }
    }

    /// The config of a new channel may be on its way; one that is gone takes its messages with it.
    private func missing(_ job: inout SendJob, isConfigured: Bool) -> AttemptEnd {
        let now = context.timekeeper.uptime()
        if isConfigured, let since = job.missingSince, now - since > InboundHandler.configGraceMilliseconds {
            return .poison("its channel does not exist any more")
        }
        if job.missingSince == nil { job.missingSince = now }
        return .hold(milliseconds: InboundHandler.lookAgainMilliseconds)
    }

    /// Milliseconds until its place in the number's pace; nil: now.
    private func paced(_ job: inout SendJob, _ adapter: any ChannelAdapter) async throws -> Int64? {
        guard let (key, rate) = adapter.pacing else { return nil }
        if job.place == nil { job.place = try await context.pacer.place(key, ratePerSecond: rate) }
        let wait = (job.place ?? Timestamp(milliseconds: 0)) - context.timekeeper.now()
        guard wait > 0 else { return nil }
        context.metrics.sendPaced.recordMilliseconds(wait)
        return wait
    }
}

// MARK: Claim and send

extension OutboundHandler {
    private func claimAndSend(_ job: inout SendJob, _ channel: ChannelRuntime) async throws -> AttemptEnd {
        let id = channel.channel.id
        let now = context.timekeeper.uptime()
        let entry = context.gates.with { $0.enter(id, generation: channel.generation, now: now) }
        guard entry != .closed else { return .hold(milliseconds: InboundHandler.lookAgainMilliseconds) }
        // Reports about the channel overrule this.
        defer { if entry == .probe { context.gates.with { $0.left(id) } } }
        try Task.checkCancellation()
        let at = context.timekeeper.now()
        let claim = try await context.store.claim(
            job.message, node: job.claimant, pace: channel.adapter.pairPace, now: at)
        switch claim {
        case .claimed(let attempt, let partsSent):
            let transport = ClaimedTransport(
                base: context.transport, store: context.store, message: job.message.id, attempt: attempt,
                commits: context.commits, timekeeper: context.timekeeper)
            let result = await channel.adapter.send(job.message, partsSent: partsSent, through: transport)
            switch transport.refusal {
            case nil:
                job.place = nil
                note(result, of: attempt, &job, channel, sinceClaim: context.timekeeper.uptime() - now)
            case .claimLost:
                // Another delivery of the message has it.
                context.logger.info("a claim was taken over", metadata: ["message": "\(job.message.id)"])
            case .failed(let end):
                var sent = partsSent
                if case .retry(_, let parts) = result { sent = parts }
                job.phase = .toRelease(claim: attempt, partsSent: sent, then: end)
            }
            return .done
        case .settled, .uncertain: return .done
        case .predecessorOpen: return .predecessorOpen
        case .paced(let until): return .hold(milliseconds: max(1, until - context.timekeeper.now()))
        }
    }

    /// Keeps what the platform said in the job, and what it says about the channel.
    private func note(
        _ result: SendResult, of claim: Int, _ job: inout SendJob, _ channel: ChannelRuntime,
        sinceClaim milliseconds: Int64
    ) {
        context.metrics.sendDuration.recordMilliseconds(milliseconds)
        let id = channel.channel.id
        switch result {
        case .accepted(let externalID):
            context.metrics.count(.sent)
            worked(id)
            job.phase = .toSettle(.sent(externalID: externalID))
        case .failed(let reason, let code, let text):
            context.metrics.count(.failed)
            worked(id)
            job.phase = .toSettle(.failed(reason: reason, code: code, text: text))
        case .unknown:
            context.metrics.count(.unknown)
            job.phase = .toSettle(.unknown)
        case .retry(let retry, let partsSent):
            context.metrics.count(.retried)
            job.code = retry.code
            let end: AttemptEnd =
                if retry.countsAsAttempt {
                    .failed(retry.reason, afterMilliseconds: retry.afterMilliseconds)
                } else if let after = retry.afterMilliseconds {
                    .hold(milliseconds: min(max(1, after), RetryPolicy.longestAskedFor))
                } else {
                    .unavailable(retry.reason)
                }
            job.phase = .toRelease(claim: claim, partsSent: partsSent, then: end)
        case .pause(let reason, let code, let text, let partsSent):
            context.metrics.count(.paused)
            job.code = code
            let now = context.timekeeper.uptime()
            let isNew = context.gates.with {
                $0.paused(id, generation: channel.generation, reason: reason, code: code, now: now)
            }
            if isNew {
                context.logger.error(
                    "channel paused",
                    metadata: [
                        "channel": "\(id)", "tenant": "\(channel.channel.tenantID)", "reason": "\(reason)",
                        "code": "\(code ?? 0)", "text": "\(Graveyard.printable(text ?? ""))",
                    ])
            }
            job.phase = .toRelease(
                claim: claim, partsSent: partsSent, then: .hold(milliseconds: InboundHandler.lookAgainMilliseconds))
        }
    }

    private func worked(_ channelID: String) {
        if context.gates.with({ $0.worked(channelID) }) {
            context.logger.notice("channel sends again", metadata: ["channel": "\(channelID)"])
        }
    }
}

// MARK: After the send

extension OutboundHandler {
    private func settle(_ job: inout SendJob, _ outcome: SendOutcome) async -> AttemptEnd {
        do {
            try await context.store.settle(job.message.id, outcome, now: context.timekeeper.now())
            return .done
        } catch {
            return kept(error, job, "cannot settle", otherwise: .done)
        }
    }

    private func release(
        _ job: inout SendJob, _ claim: Int, _ partsSent: Int, then end: AttemptEnd
    ) async -> AttemptEnd {
        do {
            try await context.store.release(job.message.id, attempt: claim, partsSent: partsSent)
            job.phase = .toSend
            return end
        } catch {
            let kept = kept(error, job, "cannot release", otherwise: end)
            if kept == end { job.phase = .toSend }
            return kept
        }
    }

    /// The job keeps what it knows until the store is back. What the store refuses for good is told to the log.
    private func kept(
        _ error: any Error, _ job: SendJob, _ what: String, otherwise end: AttemptEnd
    ) -> AttemptEnd {
        if case .unavailable(let why) = Fault.end(error) { return .unavailable(why) }
        context.logger.error(
            "\(what)",
            metadata: [
                "message": "\(job.message.id)", "phase": "\(job.phase)", "error": "\(Graveyard.printable("\(error)"))",
            ])
        return end
    }
}
