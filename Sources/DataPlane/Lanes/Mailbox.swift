import Synchronization

/// Events from any thread for one loop, which takes all that have come at once.
///
/// Unbounded by itself: whoever posts must be bounded (deliveries by the broker's prefetch, ends by the attempts).
package final class Mailbox<Event: Sendable>: Sendable {
    private struct State {
        var events: [Event] = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package func post(_ event: Event) {
        let waiter = state.withLock { state in
            state.events.append(event)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits for at least one event. For one caller at a time. Does not react to cancellation: whoever cancels the loop
    /// posts an event that says so.
    package func next() async -> [Event] {
        if let events = take() { return events }
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                guard state.events.isEmpty else { return false }
                state.waiter = continuation
                return true
            }
            if !waits { continuation.resume() }
        }
        return take() ?? []
    }

    /// What has come, without waiting; nil for nothing.
    package func take() -> [Event]? {
        state.withLock { state in
            guard !state.events.isEmpty else { return nil }
            defer { state.events = [] }
            return state.events
        }
    }
}
