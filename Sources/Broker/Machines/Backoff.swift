/// Exponential back-off with full jitter: attempt *n* waits a random time between nothing and `base · 2ⁿ⁻¹`, capped.
package struct Backoff: Sendable, Equatable {
    package var base: Duration
    package var cap: Duration

    package init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The longest that attempt `attempt` (from 1) may wait.
    package func bound(attempt: Int) -> Duration {
        let doublings = min(max(attempt - 1, 0), 30)
        return min(base * (1 << doublings), cap)
    }

    package func delay(attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        .nanoseconds(Int64.random(in: 0...max(bound(attempt: attempt).nanoseconds, 0), using: &random))
    }
}
