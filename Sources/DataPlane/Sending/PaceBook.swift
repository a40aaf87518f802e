import DequeModule
package import Domain

/// Places in a number's bucket that were reserved and not yet taken. Pure.
package struct PaceBook: Sendable {
    private struct Chunk {
        var first: Timestamp
        var stepMilliseconds: Double
        var taken: Int
        var count: Int

        var next: Timestamp { first.adding(milliseconds: Int64(Double(taken) * stepMilliseconds)) }
    }

    private var chunks: Deque<Chunk> = []

    /// A place left over from longer ago is let go: taken late in numbers, such places would make a burst.
    package static let keptMilliseconds: Int64 = 1000

    package init() {}

    package var isEmpty: Bool { chunks.isEmpty }

    package mutating func add(_ grant: PaceGrant, ratePerSecond: Double) {
        guard grant.count > 0 else { return }
        chunks.append(
            Chunk(first: grant.first, stepMilliseconds: 1000 / max(ratePerSecond, 1e-9), taken: 0, count: grant.count))
    }

    /// The moment of the next place.
    package mutating func take(now: Timestamp) -> Timestamp? {
        while let chunk = chunks.first {
            if chunk.taken >= chunk.count {
                chunks.removeFirst()
                continue
            }
            chunks[0].taken += 1
            if now - chunk.next <= Self.keptMilliseconds { return chunk.next }
        }
        return nil
    }

    /// How many places to reserve at once: those that are wanted, but no more than a tenth of a second's.
    package static func chunk(wanted: Int, ratePerSecond: Double) -> Int {
        min(max(1, wanted), max(1, Int(min(ratePerSecond / 10, 10_000))))
    }
}
