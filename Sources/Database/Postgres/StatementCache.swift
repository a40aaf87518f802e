/// Which statements one connection holds prepared, by text and parameter types; the longest unused leaves first.
struct StatementCache {
    struct Key: Hashable {
        var sql: String
        var types: [PostgresType]
    }

    enum Use: Equatable {
        /// The server has it under this name.
        case ready(String)
        /// Prepare it under this name, after the server has forgotten the other.
        case prepare(String, forgetting: String?)
        /// Send it without a name: it is being prepared at this moment, and that may yet fail.
        case unnamed
    }

    private struct Entry {
        var name: String
        var isReady = false
        var lastUse: UInt64
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    private var keys: [String: Key] = [:]
    private var clock: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { entries.count }

    mutating func use(_ key: Key) -> Use {
        clock += 1
        if let entry = entries[key] {
            guard entry.isReady else { return .unnamed }
            entries[key]?.lastUse = clock
            return .ready(entry.name)
        }
        guard limit > 0 else { return .unnamed }
        var forgotten: String?
        if entries.count >= limit {
            let oldest = entries.filter { $0.value.isReady }.min { $0.value.lastUse < $1.value.lastUse }
            guard let oldest else { return .unnamed }
            forgotten = oldest.value.name
            forget(oldest.value.name)
        }
        let name = "mc\(clock)"
        entries[key] = Entry(name: name, lastUse: clock)
        keys[name] = key
        return .prepare(name, forgetting: forgotten)
    }

    /// The server has prepared it.
    mutating func confirm(_ name: String) {
        if let key = keys[name] { entries[key]?.isReady = true }
    }

    /// Starts afresh under new names; what the server still has stays there, unused, for the connection's life.
    mutating func forgetAll() {
        entries.removeAll()
        keys.removeAll()
    }

    /// The server has it no more, or never had.
    mutating func forget(_ name: String) {
        if let key = keys.removeValue(forKey: name) { entries[key] = nil }
    }
}
