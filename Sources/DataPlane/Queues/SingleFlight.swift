import Synchronization

/// One piece of work per key at a time: whoever asks while it is under way gets its end.
package final class SingleFlight<Key: Hashable & Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Void, any Error>, Never>

    private let flights = Mutex<[Key: [Waiter]]>([:])

    package init() {}

    /// Does the work, or waits for the one who is doing it. A follower whose leader was cancelled tries for itself.
    package func run(_ key: Key, _ work: () async throws -> Void) async throws {
        while true {
            guard let result = await follow(key) else { break }
            if case .failure(let error) = result, error is CancellationError {
                try Task.checkCancellation()
                continue
            }
            return try result.get()
        }
        let result: Result<Void, any Error>
        do {
            try await work()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        let waiters = flights.withLock { $0.removeValue(forKey: key) } ?? []
        for waiter in waiters { waiter.resume(returning: result) }
        try result.get()
    }

    /// The leader's result; nil for the leader itself.
    private func follow(_ key: Key) async -> Result<Void, any Error>? {
        let leads = flights.withLock { flights in
            guard flights[key] == nil else { return false }
            flights[key] = []
            return true
        }
        if leads { return nil }
        return await withCheckedContinuation { (waiter: Waiter) in
            let isGone = flights.withLock { flights in
                guard flights[key] != nil else { return true }
                flights[key]?.append(waiter)
                return false
            }
            if isGone { waiter.resume(returning: .failure(CancellationError())) }
        }
    }
}
