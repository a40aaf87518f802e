package import Domain

/// What happens to an inbound message, from its record to the broker's confirm of its answer.
///
/// Safe to be killed at any point and begun again: the record tells what is done already, the conclusion is one
/// transaction, and an answer that is not known to be published is published again under its one id.
package struct Pipeline: Sendable {
    /// The most messages of the past that any answerer gets to see.
    package static let historyLimit = 20

    private let store: any MessageStore
    private let outlet: any AnswerOutlet
    private let typing: any TypingIndicator
    private let answerer: any Answerer
    private let retrieval: Retrieval
    private let clock: any WallClock
    private let metrics: PipelineMetrics
    private let gates: [any Gate] = [StaleGate(), NotedGate(), TakeoverGate(), HandoffGate()]

    package init(
        store: any MessageStore, documents: any DocumentStore, answerer: any Answerer = BuiltinAnswerer(),
        outlet: any AnswerOutlet, typing: any TypingIndicator, clock: any WallClock, metrics: PipelineMetrics
    ) {
        self.store = store
        self.outlet = outlet
        self.typing = typing
        self.answerer = answerer
        retrieval = Retrieval(documents: documents)
        self.clock = clock
        self.metrics = metrics
    }

    package enum Handled: Sendable, Hashable {
        /// All of its effects are in place: acknowledge.
        case ended(InboundOutcome)
        /// The same message was recorded under another id, and is worked on by its own delivery: acknowledge.
        case duplicate(of: MessageID)
        /// An earlier message of the conversation has not ended: try again soon.
        case predecessorOpen
    }

    /// - Throws: ``DependencyError``, ``PublishError``, whatever the answerer throws. Everything may be repeated.
    package func handle(_ message: NormalizedMessage, for tenant: TenantProfile) async throws -> Handled {
        let startedAt = clock.now()
        let record = try await store.record(message, now: startedAt)
        var inbound = message
        inbound.position = record.position
        switch record.state {
        case .open: break
        case .predecessorOpen: return .predecessorOpen
        case .duplicate(let original):
            metrics.duplicate()
            return .duplicate(of: original)
        case .ended(let outcome, let unpublished):
            metrics.duplicate()
            if let unpublished { try await publish(unpublished) }
            return .ended(outcome)
        }
        let turn = Turn(inbound: inbound, record: record, tenant: tenant, startedAt: startedAt)
        let conclusion = try await conclusion(of: turn)
        let concluded = try await store.conclude(inbound, with: conclusion, now: clock.now())
        // Counted here and not after the publish: a publish that fails is made up for by another delivery.
        let outcome = concluded.outcome(of: conclusion)
        if case .already = concluded {} else { metrics.ended(outcome, milliseconds: clock.now() - startedAt) }
        switch concluded {
        case .recorded(let answer?), .already(_, let answer?): try await publish(answer)
        case .recorded(nil), .already(_, nil), .held: break
        }
        return .ended(outcome)
    }

    private func conclusion(of turn: Turn) async throws -> Conclusion {
        for gate in gates {
            if let conclusion = try await gate.check(turn, now: clock.now()) { return conclusion }
        }
        typing.show(answering: turn.inbound)
        var turn = turn
        let limit = min(answerer.historyLimit, Self.historyLimit)
        if limit > 0 {
            turn.history = try await store.history(
                turn.inbound.conversation, before: turn.record.position, limit: limit)
        }
        turn.passages = try await retrieval.passages(for: turn)
        let draft = try await answerer.answer(
            AnswerRequest(
                inbound: turn.inbound, question: turn.question, language: turn.language, tenant: turn.tenant,
                history: turn.history, passages: turn.passages))
        switch draft {
        case .reply(let text, let sources):
            return .answer(turn.answer(text, sources: sources, now: clock.now()))
        case .unknowing(let reason, let text, let alone):
            guard turn.tenant.settings.enableHumanHandoff else { return .answer(turn.answer(alone, now: clock.now())) }
            return .escalate(turn.answer(text, now: clock.now()), reason: reason)
        }
    }

    private func publish(_ answer: NormalizedMessage) async throws {
        try await outlet.publish(answer)
        try await store.markPublished([answer.id])
    }
}

extension Concluded {
    /// How the inbound message has ended.
    fileprivate func outcome(of conclusion: Conclusion) -> InboundOutcome {
        switch (self, conclusion) {
        case (.held, _): .held
        case (.already(let outcome, _), _): outcome
        case (.recorded, .answer): .answered
        case (.recorded, .escalate): .escalated
        case (.recorded, .end(let outcome, _)): outcome
        }
    }
}
