/// Lets one at a time work under a key; others wait their turn.
actor KeyedLock {
    /// Those who wait, by key; a key that is held has an entry.
    private var waiting: [[String]: [CheckedContinuation<Void, Never>]] = [:]

    nonisolated func withLock<R: Sendable>(
        _ key: [String], _ body: @Sendable () async throws -> R
    ) async throws -> R {
        await acquire(key)
        do {
            let result = try await body()
            await release(key)
            return result
        } catch {
            await release(key)
            throw error
        }
    }

    private func acquire(_ key: [String]) async {
        guard waiting[key] != nil else {
            waiting[key] = []
            return
        }
        await withCheckedContinuation { waiting[key, default: []].append($0) }
    }

    private func release(_ key: [String]) {
        guard var queue = waiting[key], !queue.isEmpty else {
            waiting[key] = nil
            return
        }
        let next = queue.removeFirst()
        waiting[key] = queue
        next.resume()
    }
}
