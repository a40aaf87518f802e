package import Domain

/// An outbound message with what is known of its sending. What the platform said stays known until the store has it.
package struct SendJob: Sendable {
    package enum Phase: Sendable, Hashable {
        case toSend
        /// The platform has answered, for good.
        case toSettle(SendOutcome)
        /// The platform certainly did not take it; afterwards the attempt ends like this. `claim`: the claim's number.
        case toRelease(claim: Int, partsSent: Int, then: AttemptEnd)
    }

    package let message: NormalizedMessage
    package var phase = Phase.toSend
    /// Names this job's claims, so that a claim whose confirmation was lost can be claimed again, and only by this job.
    package let claimant: String
    /// Its place in its number's pace, until it is used.
    package var place: Timestamp?
    /// The platform's code of the last failure.
    package var code: Int64?
    /// Since when its channel has been missing from the config, by the uptime clock.
    package var missingSince: Int64?

    package init(message: NormalizedMessage, claimant: String) {
        self.message = message
        self.claimant = claimant
    }
}
