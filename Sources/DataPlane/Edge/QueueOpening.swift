package import Domain

/// Makes sure that a queue exists and that the workers know of it, before something is published to it.
package protocol QueueOpening: Sendable {
    /// Declares what all nodes share, the statuses' queue among it; at once when that was done before.
    func prepare() async throws
    /// Whether ``open(_:)`` would return at once.
    func isOpen(_ queue: QueueName) -> Bool
    /// Returns at once for a queue that this process has opened before.
    func open(_ queue: QueueName) async throws
    /// The broker said that there is no such queue: the next call opens it anew.
    func forget(_ queue: QueueName)
}
