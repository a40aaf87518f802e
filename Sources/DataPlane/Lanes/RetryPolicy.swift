/// How often and how late a message is tried again.
///
/// Only real failures count towards ``maxRetries``. While something that everything depends on is away, work waits with
/// a back-off of its own, which is short, so that it goes on soon after the return.
package struct RetryPolicy: Sendable, Hashable {
    /// Retries after the first attempt.
    package var maxRetries: Int
    /// Of the first retry; doubles with each further one.
    package var baseMilliseconds: Int64
    /// No retry waits longer by our own decision; a platform may ask for more, see ``longestAskedFor``.
    package var capMilliseconds: Int64

    package init(maxRetries: Int = 3, baseMilliseconds: Int64 = 1000, capMilliseconds: Int64 = 60_000) {
        self.maxRetries = max(0, maxRetries)
        self.baseMilliseconds = max(1, baseMilliseconds)
        self.capMilliseconds = max(1, capMilliseconds)
    }

    /// The longest wait that a platform's `Retry-After` is believed: an hour.
    package static let longestAskedFor: Int64 = 3_600_000

    /// Before the retry after the `failures`-th failure: full jitter over `base · 2^(failures − 1)`.
    ///
    /// - Parameter unit: a random number in 0..<1.
    package func delay(afterFailures failures: Int, unit: Double) -> Int64 {
        Self.jittered(base: baseMilliseconds, doublings: failures - 1, cap: capMilliseconds, unit: unit)
    }

    /// While a dependency is away: 100 ms doubling to 5 s, never less than half of it, so that nothing spins.
    package func wait(number: Int, unit: Double) -> Int64 {
        let bound = Self.bounded(base: 100, doublings: number - 1, cap: 5000)
        return bound / 2 + Int64(unit * Double(bound / 2))
    }

    private static func jittered(base: Int64, doublings: Int, cap: Int64, unit: Double) -> Int64 {
        Int64(unit * Double(bounded(base: base, doublings: doublings, cap: cap)))
    }

    private static func bounded(base: Int64, doublings: Int, cap: Int64) -> Int64 {
        guard doublings < 40 else { return cap }
        let (product, overflow) = base.multipliedReportingOverflow(by: 1 << Int64(max(0, doublings)))
        return overflow ? cap : min(product, cap)
    }
}
