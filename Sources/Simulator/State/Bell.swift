import Synchronization

/// Wakes whoever listens; rings that nobody had time for yet count as one.
final class Bell: Sendable {
    private struct Listeners {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastID = 0
    }

    private let listeners = Mutex(Listeners())

    func ring() {
        let waiting = listeners.withLock { listeners in
            listeners.continuations.isEmpty ? [] : Array(listeners.continuations.values)
        }
        for continuation in waiting { continuation.yield() }
    }

    /// A stream that is rung once at the start, so that nothing that happened before is missed.
    func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = listeners.withLock { listeners in
            listeners.lastID += 1
            listeners.continuations[listeners.lastID] = continuation
            return listeners.lastID
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { $0.continuations[id] = nil }
        }
        continuation.yield()
        return stream
    }
}
