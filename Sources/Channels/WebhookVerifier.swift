package import Domain

/// The secrets with which one channel tells the platform's webhooks from anybody else's.
package protocol WebhookVerifier: Sendable {
    /// Whether this is the channel's verify token (or the one before, in its grace period). Constant time.
    func accepts(verifyToken: String, now: Timestamp) -> Bool

    /// Whether the header `x-hub-signature-256` signs these raw bytes with the channel's app secret (or the one
    /// before, in its grace period). False where the channel has none.
    func accepts(signature: String, of body: UnsafeRawBufferPointer, now: Timestamp) -> Bool
}
