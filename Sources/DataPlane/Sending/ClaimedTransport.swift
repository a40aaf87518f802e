import Channels
import Domain
import Synchronization

/// The calls that send one claimed message: each makes the claim final before its body is written, or is not made.
///
/// Between that and the writing lies one turn of an event loop, whatever connecting and waiting for a connection took
/// before. A process that dies in this moment leaves a message whose outcome nobody knows.
struct ClaimedTransport: HTTPTransport {
    enum Refusal: Sendable, Hashable {
        /// A later claim has taken over.
        case claimLost
        /// The store could not be asked; the attempt ends like this.
        case failed(AttemptEnd)
    }

    private struct Refused: Error {}

    private final class Note: Sendable {
        let refusal = Mutex<Refusal?>(nil)
    }

    let base: any HTTPTransport
    let store: any MessageStore
    let message: MessageID
    let attempt: Int
    let commits: SlotPool
    let timekeeper: any Timekeeper
    private let note = Note()

    init(
        base: any HTTPTransport, store: any MessageStore, message: MessageID, attempt: Int, commits: SlotPool,
        timekeeper: any Timekeeper
    ) {
        self.base = base
        self.store = store
        self.message = message
        self.attempt = attempt
        self.commits = commits
        self.timekeeper = timekeeper
    }

    /// Why the last call was not made; nil: it was, or failed by itself.
    var refusal: Refusal? { note.refusal.withLock { $0 } }

    func perform(_ call: HTTPCall) async -> HTTPOutcome {
        var call = call
        call.beforeBody = { try await begin() }
        return await base.perform(call)
    }

    private func begin() async throws {
        let refusal: Refusal
        do {
            let holds = try await commits.with("") {
                try await store.beginSending(message, attempt: attempt, now: timekeeper.now())
            }
            if holds { return }
            refusal = .claimLost
        } catch {
            refusal = .failed(Fault.end(error))
        }
        note.refusal.withLock { $0 = refusal }
        throw Refused()
    }
}
