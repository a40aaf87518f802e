package import Domain

/// The lane a delivery belongs to: what is in one lane is handled in order, one at a time.
package enum LaneKey: Sendable, Hashable {
    case conversation(ConversationKey)
    /// A delivery that cannot be read, by the number of its arrival: it waits for nobody and holds up nobody.
    case alone(UInt64)
}

/// How one attempt at a message ended, as its handler sees it.
package enum AttemptEnd: Sendable, Hashable {
    /// All effects are in place: acknowledge.
    case done
    /// It failed, which counts. `afterMilliseconds`: what the platform asked for instead of the usual back-off.
    case failed(String, afterMilliseconds: Int64? = nil)
    /// Something that everything depends on is away; counts as nothing and is waited out.
    case unavailable(String)
    /// Nothing is wrong, it is only too early (pacing, a paused channel).
    case hold(milliseconds: Int64)
    /// An earlier message of the lane, which may be here or elsewhere, has not ended yet.
    case predecessorOpen
    /// No attempt can ever succeed.
    case poison(String)
}

/// A message that failed for good, on its way to the dead queue.
package struct Burial: Sendable, Hashable {
    /// For people; bounded, holds no secret.
    package var error: String
    /// Attempts made; 0 for what could not even be read.
    package var attempts: Int
    /// The dead queue has it; what is left is to note it in the store.
    package var isPublished = false
}

/// An attempt that is to begin now.
package struct LaneStart<Lane: Hashable & Sendable, Job: Sendable>: Sendable {
    package var lane: Lane
    /// Names this very attempt.
    package var serial: UInt64
    /// nil where the delivery could not be read; then there is a burial.
    package var job: Job?
    /// From 1.
    package var attempt: Int
    /// Set: bury it, do not handle it.
    package var burial: Burial?
}

/// What is to be done about a delivery after its attempt.
package enum LaneVerdict<Handle: Sendable>: Sendable {
    case acknowledge([Handle])
    /// The lanes are closing, somebody else shall do it.
    case giveBack([Handle])
    /// It is tried again, or buried, later; nothing to do now.
    case keep
    /// It failed for good; the next start of its lane buries it.
    case condemned(Burial)
}
