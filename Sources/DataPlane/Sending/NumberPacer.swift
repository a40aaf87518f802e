package import Domain
import Synchronization

/// Gives senders their places in the buckets that the whole fleet shares, reserving several at once.
package final class NumberPacer: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Timestamp, any Error>, Never>

    private struct Bucket {
        var book = PaceBook()
        var waiting: [Waiter] = []
        var isReserving = false
    }

    private let store: any MessageStore
    private let clock: any WallClock
    private let buckets = Mutex<[String: Bucket]>([:])

    package init(store: any MessageStore, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    /// The moment from which the caller may send one message. First come, first served.
    ///
    /// - Throws: ``DependencyError``.
    package func place(_ key: String, ratePerSecond: Double) async throws -> Timestamp {
        enum Role {
            case served(Timestamp)
            case leads, follows
        }
        let now = clock.now()
        let role = buckets.withLock { buckets -> Role in
            if buckets[key, default: Bucket()].waiting.isEmpty, let place = buckets[key]?.book.take(now: now) {
                return .served(place)
            }
            if buckets[key]?.isReserving == true { return .follows }
            buckets[key, default: Bucket()].isReserving = true
            return .leads
        }
        switch role {
        case .served(let place): return place
        case .leads: return try await reserve(key, ratePerSecond)
        case .follows:
            return try await withCheckedContinuation { (waiter: Waiter) in
                let mustLead = buckets.withLock { buckets in
                    guard buckets[key]?.isReserving == true else { return true }
                    buckets[key]?.waiting.append(waiter)
                    return false
                }
                // The reservation ended in between: the next try finds its places.
                if mustLead { waiter.resume(returning: .failure(DependencyError.unavailable("pacing"))) }
            }.get()
        }
    }

    /// Reserves for the caller and for all who have come meanwhile, until nobody waits.
    private func reserve(_ key: String, _ rate: Double) async throws -> Timestamp {
        var own: Timestamp?
        while true {
            let wanted = buckets.withLock { ($0[key]?.waiting.count ?? 0) + (own == nil ? 1 : 0) }
            do {
                let now = clock.now()
                let grant = try await store.reserve(
                    pacingKey: key, ratePerSecond: rate, count: PaceBook.chunk(wanted: wanted, ratePerSecond: rate),
                    now: now)
                guard grant.count > 0 else { throw DependencyError.rejected("no place was given") }
                let (served, isDone) = buckets.withLock { buckets -> ([(Waiter, Timestamp)], Bool) in
                    var bucket = buckets[key] ?? Bucket()
                    bucket.book.add(grant, ratePerSecond: rate)
                    if own == nil { own = bucket.book.take(now: grant.first) }
                    var served: [(Waiter, Timestamp)] = []
                    while served.count < bucket.waiting.count, let place = bucket.book.take(now: grant.first) {
                        served.append((bucket.waiting[served.count], place))
                    }
                    bucket.waiting.removeFirst(served.count)
                    let isDone = own != nil && bucket.waiting.isEmpty
                    if isDone { bucket.isReserving = false }
                    buckets[key] = isDone && bucket.book.isEmpty ? nil : bucket
                    return (served, isDone)
                }
                for (waiter, place) in served { waiter.resume(returning: .success(place)) }
                if isDone, let own { return own }
            } catch {
                let waiting = buckets.withLock { buckets in
                    defer {
                        buckets[key]?.isReserving = false
                        buckets[key]?.waiting = []
                    }
                    return buckets[key]?.waiting ?? []
                }
                // A follower did not ask to be cancelled.
                let shared: any Error = error is CancellationError ? DependencyError.unavailable("pacing") : error
                for waiter in waiting { waiter.resume(returning: .failure(shared)) }
                // What was reserved for it before the error is lost, which costs the number one place.
                throw error
            }
        }
    }
}
