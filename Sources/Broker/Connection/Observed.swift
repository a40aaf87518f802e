import Synchronization

/// A value that changes, and tasks that wait for it to be as they want it.
final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        let predicate: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var nextID = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    var value: Value { state.withLock { $0.value } }

    func update(_ change: (inout Value) -> Void) {
        let satisfied = state.withLock { state -> [Waiter] in
            change(&state.value)
            let value = state.value
            let ids = state.waiters.filter { $0.value.predicate(value) }.keys
            return ids.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in satisfied { waiter.continuation.resume(returning: true) }
    }

    /// Whether the predicate held within the time given. Ends early, with false, when the task is cancelled.
    func wait(within bound: Duration, until predicate: @escaping @Sendable (Value) -> Bool) async -> Bool {
        if predicate(value) { return true }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.wait(until: predicate) }
            group.addTask {
                do { try await Task.sleep(for: bound) } catch { return false }
                return false
            }
            let result = await group.next() ?? false
            group.cancelAll()
            return result
        }
    }

    /// Waits until the predicate holds (true) or the task is cancelled (false).
    func wait(until predicate: @escaping @Sendable (Value) -> Bool) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if predicate(state.value) { return true }
                    if Task.isCancelled { return false }
                    state.waiters[id] = Waiter(predicate: predicate, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(returning: false)
        }
    }
}

/// True for the first who asks.
final class FirstTime: Sendable {
    private let taken = Atomic<Bool>(false)

    func take() -> Bool { !taken.exchange(true, ordering: .relaxed) }
}
