package import Domain

/// Publishes what failed for good to the dead queue of its queue.
package struct Graveyard: Sendable {
    private let broker: any MessageBroker
    private let clock: any WallClock
    private let nodeID: String

    /// Longest `x-error`, in Unicode scalars.
    package static let longestError = 500

    package init(broker: any MessageBroker, clock: any WallClock, nodeID: String) {
        self.broker = broker
        self.clock = clock
        self.nodeID = nodeID
    }

    /// Returns when the broker has confirmed it.
    ///
    /// - Throws: ``DependencyError``, ``PublishError``.
    package func bury(_ delivery: any Delivery, burial: Burial, in queue: String) async throws {
        try await broker.ensureQueue(queue, singleActiveConsumer: false)
        let headers = [
            ("x-error", Self.printable(burial.error)), ("x-attempts", String(burial.attempts)),
            ("x-failed-at", clock.now().description), ("x-node", nodeID),
        ]
        try await broker.publish(
            BrokerMessage(
                routingKey: queue, body: delivery.body, messageID: delivery.messageID, headers: headers),
            timeoutMilliseconds: 10_000)
    }

    /// One line, bounded.
    static func printable(_ error: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in error.unicodeScalars.prefix(longestError) {
            text.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
        }
        return String(text)
    }
}

/// What an error means for work that met it.
package enum Fault {
    /// How the attempt ends that failed with this error. Texts name kinds of errors, never contents.
    package static func end(_ error: any Error) -> AttemptEnd {
        switch error {
        case DependencyError.unavailable(let why): .unavailable(why)
        case DependencyError.rejected(let why): .failed("refused by the store: \(why)")
        case PublishError.unavailable(let why): .unavailable("broker: \(why)")
        // The queue was deleted under us and is declared anew, or the broker is in distress: neither is the message's fault.
        case PublishError.unroutable: .unavailable("broker: no queue takes it")
        case PublishError.refused: .unavailable("broker: refused")
        case PublishError.tooLarge: .poison("larger than the broker takes")
        case is CancellationError: .unavailable("cancelled")
        default: .failed("error of type \(type(of: error))")
        }
    }
}
