/// How long to leave a customer alone after "too many messages to this one": 4^n seconds, n from 0 and counting the
/// refusals in a row (131056).
struct PairBackoff {
    private var refusals: [String: Int] = [:]
    /// Customers kept in mind; beyond that they start over from one second.
    private static let limit = 10_000
    /// 4^6 s is more than an hour; the pair's bucket is full again long before.
    private static let maxExponent = 5

    /// - Returns: milliseconds to wait.
    mutating func refused(_ recipient: String) -> Int64 {
        if refusals.count >= Self.limit && refusals[recipient] == nil { refusals = [:] }
        let exponent = refusals[recipient, default: 0]
        refusals[recipient] = min(exponent + 1, Self.maxExponent)
        return 1000 << (2 * Int64(exponent))
    }

    mutating func accepted(_ recipient: String) {
        if !refusals.isEmpty { refusals[recipient] = nil }
    }
}
