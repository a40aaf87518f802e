/// The settings of the workers, as the environment gives them.
package struct WorkerConfig: Sendable, Hashable {
    /// `WORKER_PREFETCH`: inbound messages of one queue in work at once.
    package var prefetch: Int
    /// `SENDER_PREFETCH`: outbound messages of one queue in work at once.
    package var senderPrefetch: Int
    /// `WORKER_MAX_RETRIES`, after the first attempt.
    package var maxRetries: Int
    /// `WORKER_RETRY_BASE_MS`.
    package var retryBaseMilliseconds: Int64
    /// `WORKER_VISIBILITY_TIMEOUT_MS`: longest time of one attempt.
    package var attemptMilliseconds: Int64
    /// `WORKER_DRAIN_TIMEOUT_MS`.
    package var drainMilliseconds: Int64
    /// Calls to platforms at once in this process, and of one channel.
    package var sendConcurrency: Int
    package var channelConcurrency: Int
    /// Deliveries that may wait besides those in work, so that conversations in back-off hold up no other.
    package var allowance: Int

    package init(
        prefetch: Int = 5, senderPrefetch: Int = 64, maxRetries: Int = 3, retryBaseMilliseconds: Int64 = 1000,
        attemptMilliseconds: Int64 = 300_000, drainMilliseconds: Int64 = 25_000, sendConcurrency: Int = 256,
        channelConcurrency: Int = 64, allowance: Int = 64
    ) {
        self.prefetch = prefetch
        self.senderPrefetch = senderPrefetch
        self.maxRetries = maxRetries
        self.retryBaseMilliseconds = retryBaseMilliseconds
        self.attemptMilliseconds = attemptMilliseconds
        self.drainMilliseconds = drainMilliseconds
        self.sendConcurrency = sendConcurrency
        self.channelConcurrency = channelConcurrency
        self.allowance = allowance
    }

    package var retries: RetryPolicy {
        RetryPolicy(maxRetries: maxRetries, baseMilliseconds: retryBaseMilliseconds)
    }
}
