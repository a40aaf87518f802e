package import Domain

/// Where answers go: the queue of their channel.
package protocol AnswerOutlet: Sendable {
    /// Returns when the broker has confirmed it.
    ///
    /// - Throws: ``PublishError``, ``DependencyError``.
    func publish(_ answer: NormalizedMessage) async throws
}

/// Shows the customer that an answer is being made. Off the critical path: returns at once, fails silently.
package protocol TypingIndicator: Sendable {
    func show(answering inbound: NormalizedMessage)
}
