import ControlAPI

/// Counts failed authentications by address: more than 20 within a minute, and further failures are turned away
/// without a look, until the minute is over. Valid tokens of that address are not affected.
package struct FailedAuthentications: Sendable {
    package static let limit = 20
    /// Milliseconds.
    package static let window: Int64 = 60_000
    /// Addresses kept at most; beyond, those that began longest ago are forgotten.
    package static let capacity = 10_000

    private struct Entry: Sendable {
        var began: Int64
        var count: Int
    }

    private var entries: [String: Entry] = [:]

    package init() {}

    package var addressCount: Int { entries.count }

    /// Notes a failure at `now`, monotonic milliseconds.
    ///
    /// - Returns: nil while within the limit; past it the milliseconds until the address starts afresh.
    package mutating func note(_ address: String, now: Int64) -> Int64? {
        var entry = entries[address] ?? Entry(began: now, count: 0)
        if now - entry.began >= Self.window { entry = Entry(began: now, count: 0) }
        entry.count += 1
        if entries[address] == nil { makeRoom(now: now) }
        entries[address] = entry
        return entry.count > Self.limit ? max(1, entry.began + Self.window - now) : nil
    }

    private mutating func makeRoom(now: Int64) {
        guard entries.count >= Self.capacity else { return }
        entries = entries.filter { now - $0.value.began < Self.window }
        guard entries.count >= Self.capacity else { return }
        // A tenth at once, so that a flood of addresses does not sort them at each failure.
        for (address, _) in entries.sorted(by: { $0.value.began < $1.value.began }).prefix(Self.capacity / 10) {
            entries[address] = nil
        }
    }
}
