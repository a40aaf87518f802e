import Synchronization

/// Something that happens once; any number of tasks may wait for it.
final class Gate: Sendable {
    private enum State {
        case shut([Int: AsyncStream<Void>.Continuation], next: Int)
        case open
    }

    private let state = Mutex<State>(.shut([:], next: 0))

    var isOpen: Bool {
        state.withLock { if case .open = $0 { true } else { false } }
    }

    func open() {
        let waiting = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard case .shut(let waiting, _) = state else { return [] }
            state = .open
            return Array(waiting.values)
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when it is open, or when the task is cancelled.
    func wait() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let number = state.withLock { state -> Int? in
            guard case .shut(var waiting, let next) = state else { return nil }
            waiting[next] = continuation
            state = .shut(waiting, next: next + 1)
            return next
        }
        guard let number else { return }
        for await _ in stream {}
        state.withLock { state in
            guard case .shut(var waiting, let next) = state else { return }
            waiting[number] = nil
            state = .shut(waiting, next: next)
        }
    }

    /// Waits at most so long.
    ///
    /// - Returns: whether it is open.
    func wait(atMost limit: Duration) async -> Bool {
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch {}
            }
            await group.next()
            group.cancelAll()
        }
        return isOpen
    }
}
