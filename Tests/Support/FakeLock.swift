import Synchronization

/// A lock that may be held across suspensions; first come, first served.
package final class FakeLock: Sendable {
    private struct State {
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func lock() async {
        await withCheckedContinuation { continuation in
            let free = state.withLock { state -> Bool in
                guard state.isHeld else {
                    state.isHeld = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if free { continuation.resume() }
        }
    }

    package func unlock() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.isHeld = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// Wakes whoever waits.
package final class FakeSignal: Sendable {
    private let waiting = Mutex<[Int: CheckedContinuation<Void, Never>]>([:])
    private let next = Atomic(0)

    package init() {}

    package func signal() {
        let all = waiting.withLock { waiting in
            defer { waiting = [:] }
            return waiting
        }
        for continuation in all.values { continuation.resume() }
    }

    /// Returns after the next signal, after a while, or when the task is cancelled.
    package func wait(atMost limit: Duration) async {
        let id = next.wrappingAdd(1, ordering: .relaxed).newValue
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withCheckedContinuation { continuation in
                    self.waiting.withLock { $0[id] = continuation }
                    if Task.isCancelled { self.wake(id) }
                }
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch {}
            }
            await group.next()
            group.cancelAll()
            // The waiter may not even have begun; it ends by itself then.
            self.wake(id)
        }
    }

    private func wake(_ id: Int) { waiting.withLock { $0.removeValue(forKey: id) }?.resume() }
}
