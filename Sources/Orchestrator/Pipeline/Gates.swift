package import Domain

/// Decides whether a message needs any further work. Gates are asked in order; the first that concludes wins.
package protocol Gate: Sendable {
    func check(_ turn: Turn, now: Timestamp) async throws -> Conclusion?
}

/// Older messages are recorded, not answered: a reply to yesterday's question does more harm than good.
struct StaleGate: Gate {
    func check(_ turn: Turn, now: Timestamp) -> Conclusion? {
        let limit = turn.tenant.settings.staleAfterSeconds * 1000
        return now - turn.inbound.timestamp > limit ? .end(.stale, reason: "older than \(limit / 1000) s") : nil
    }
}

/// Reactions and what we cannot read want no answer.
struct NotedGate: Gate {
    func check(_ turn: Turn, now: Timestamp) -> Conclusion? {
        switch turn.inbound.type {
        case .reaction, .unsupported: .end(.noted, reason: nil)
        default: nil
        }
    }
}

/// A conversation that a person has gets no word from the bot.
struct TakeoverGate: Gate {
    func check(_ turn: Turn, now: Timestamp) -> Conclusion? {
        turn.record.conversation.status == .assignedHuman ? .end(.held, reason: nil) : nil
    }
}

/// Whoever asks for a person gets one.
struct HandoffGate: Gate {
    func check(_ turn: Turn, now: Timestamp) -> Conclusion? {
        guard turn.tenant.settings.enableHumanHandoff, let question = turn.question,
            HandoffKeywords(turn.tenant.settings).match(question.words)
        else { return nil }
        return .escalate(turn.answer(turn.phrases.handOverWanted, now: now), reason: "requested")
    }
}
