import Domain
import Synchronization

/// Changes that this process has just committed, handed from the store to the publisher: when it is their turn, it need
/// not wait for the database's word and ask for what is known here already.
///
/// A shortcut alone. What it does not have, what another process has committed, and what came before the lead is read
/// from the outbox.
package final class CommittedEvents: Sendable {
    /// Changes that wait here at most; the outbox has the others.
    static let limit = 1000

    private struct State {
        var waiting: [Int64: ConfigEvent] = [:]
        /// The last revision that is published. Nil until that is known, and while nobody in this process publishes.
        var published: Int64?
        var ring: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// From the store, after the commit.
    func offer(_ events: [ConfigEvent]) {
        let ring = state.withLock { state -> (@Sendable () -> Void)? in
            guard let published = state.published else { return nil }
            for event in events where event.revision > published && state.waiting.count < Self.limit {
                state.waiting[event.revision] = event
            }
            return state.waiting[published + 1] == nil ? nil : state.ring
        }
        ring?()
    }

    /// This process publishes from now on; `ring` is called when its next change is here.
    func begin(_ ring: @escaping @Sendable () -> Void) { state.withLock { $0 = State(ring: ring) } }

    func end() { state.withLock { $0 = State() } }

    /// The changes that come next, in order and without a gap; empty where the first of them is not here.
    func next(limit: Int) -> [ConfigEvent] {
        state.withLock { state in
            guard let published = state.published else { return [] }
            var events: [ConfigEvent] = []
            while events.count < limit, let event = state.waiting[published + Int64(events.count) + 1] {
                events.append(event)
            }
            return events
        }
    }

    func published(through revision: Int64) {
        state.withLock { state in
            state.published = revision
            state.waiting = state.waiting.filter { $0.key > revision }
        }
    }
}
