import DequeModule
import Synchronization

/// Bounds how many calls to platforms are under way at once: in this process, and for each channel, so that one slow
/// channel cannot take all. First come, first served among those who may go.
package final class SlotPool: Sendable {
    private struct Waiter {
        var number: UInt64
        var key: String
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var taken = 0
        var byKey: [String: Int] = [:]
        var waiting: Deque<Waiter> = []
        /// Waiters cancelled before they had begun to wait.
        var cancelled: Set<UInt64> = []
        var counter: UInt64 = 0
    }

    private let total: Int
    private let perKey: Int
    private let state = Mutex(State())

    package init(total: Int, perKey: Int) {
        self.total = max(1, total)
        self.perKey = max(1, perKey)
    }

    package var taken: Int { state.withLock { $0.taken } }

    /// Runs the body in a slot.
    ///
    /// - Throws: `CancellationError` when cancelled while waiting.
    package func with<Result: Sendable>(_ key: String, _ body: () async throws -> Result) async throws -> Result {
        try await acquire(key)
        defer { release(key) }
        return try await body()
    }

    private func acquire(_ key: String) async throws {
        let number: UInt64? = state.withLock { state in
            if mayGo(key, state) {
                take(key, &state)
                return nil
            }
            state.counter += 1
            return state.counter
        }
        guard let number else { return }
        let acquired = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let end: Bool? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return false }
                    if mayGo(key, state) {
                        take(key, &state)
                        return true
                    }
                    state.waiting.append(Waiter(number: number, key: key, continuation: continuation))
                    return nil
                }
                if let end { continuation.resume(returning: end) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.waiting.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
        state.withLock { _ = $0.cancelled.remove(number) }
        guard acquired else { throw CancellationError() }
    }

    private func release(_ key: String) {
        let next: [Waiter] = state.withLock { state in
            state.taken -= 1
            let left = (state.byKey[key] ?? 1) - 1
            state.byKey[key] = left > 0 ? left : nil
            var next: [Waiter] = []
            var index = 0
            while index < state.waiting.count, state.taken < total {
                if mayGo(state.waiting[index].key, state) {
                    let waiter = state.waiting.remove(at: index)
                    take(waiter.key, &state)
                    next.append(waiter)
                } else {
                    index += 1
                }
            }
            return next
        }
        for waiter in next { waiter.continuation.resume(returning: true) }
    }

    private func mayGo(_ key: String, _ state: State) -> Bool {
        state.taken < total && state.byKey[key, default: 0] < perKey
    }

    private func take(_ key: String, _ state: inout State) {
        state.taken += 1
        state.byKey[key, default: 0] += 1
    }
}
