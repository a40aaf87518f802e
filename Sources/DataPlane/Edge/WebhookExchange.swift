import NIOCore

/// The state of one connection as far as webhooks are concerned: which requests are ours, which are let through, and
/// what must wait.
///
/// Answers leave in the order of their requests: while a request that was let through is unanswered, later ones are
/// let through as well; while one of ours is unanswered, later ones wait.
struct WebhookExchange {
    private enum State {
        /// Between requests; so many that were let through are unanswered.
        case idle(passed: Int)
        /// In a request that is let through.
        case passing(passed: Int)
        /// In a request of ours.
        case collecting(WebhookRequest, ByteBuffer?)
        /// In a request of ours that is too large: the rest is read and dropped, so that the peer can read the answer.
        case overflowing(WebhookRequest, dropped: Int)
        /// Its answer is being made.
        case answering
    }

    enum PartAction {
        case pass
        case nothing
        case hold
        case handle(WebhookRequest, ByteBuffer?)
        case refuse(WebhookRequest)
        /// The peer does not stop: close the connection.
        case abort
    }

    /// So much of a body that is too large is read and dropped, in bytes.
    static let patience = 32 * 1024 * 1024

    private var state: State = .idle(passed: 0)

    var isAnswering: Bool { if case .answering = state { true } else { false } }

    /// Whether one of our requests is under way.
    var isOurs: Bool {
        switch state {
        case .idle, .passing: false
        case .collecting, .overflowing, .answering: true
        }
    }

    /// Whether a request has come whole and its answer has not gone out.
    var isOwingAnswer: Bool {
        switch state {
        case .idle(let passed): passed > 0
        case .answering: true
        case .passing, .collecting, .overflowing: false
        }
    }

    /// The start of a request; `ours` names it where it is a webhook delivery.
    mutating func head(_ ours: WebhookRequest?) -> PartAction {
        switch (state, ours) {
        case (.answering, _): return .hold
        case (.idle(passed: 0), let request?):
            state = .collecting(request, nil)
            return .nothing
        case (.idle(let passed), _), (.passing(let passed), _):
            state = .passing(passed: passed + 1)
            return .pass
        case (.collecting, _), (.overflowing, _):
            // The decoder gives no head inside a body.
            return .pass
        }
    }

    mutating func body(_ bytes: ByteBuffer, limit: Int) -> PartAction {
        switch state {
        case .answering: return .hold
        case .idle, .passing: return .pass
        case .overflowing(let request, let dropped):
            guard dropped + bytes.readableBytes <= Self.patience else { return .abort }
            state = .overflowing(request, dropped: dropped + bytes.readableBytes)
            return .nothing
        case .collecting(let request, let collected):
            if (collected?.readableBytes ?? 0) + bytes.readableBytes > limit {
                state = .overflowing(request, dropped: 0)
                return .nothing
            }
            state = .idle(passed: 0)
            var all = collected ?? bytes
            if collected != nil { all.writeImmutableBuffer(bytes) }
            state = .collecting(request, all)
            return .nothing
        }
    }

    mutating func end() -> PartAction {
        switch state {
        case .answering: return .hold
        case .idle: return .pass
        case .passing(let passed):
            state = .idle(passed: passed)
            return .pass
        case .collecting(let request, let body):
            state = .answering
            return .handle(request, body)
        case .overflowing(let request, _):
            state = .answering
            return .refuse(request)
        }
    }

    /// The answer of a request that was let through has been written.
    mutating func passedAnswered() {
        switch state {
        case .idle(let passed): state = .idle(passed: max(passed - 1, 0))
        case .passing(let passed): state = .passing(passed: max(passed - 1, 0))
        case .collecting, .overflowing, .answering: break
        }
    }

    /// Ours has been written.
    mutating func answered() {
        if case .answering = state { state = .idle(passed: 0) }
    }
}
