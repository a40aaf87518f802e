/// A running consumer. It outlives reconnects until it is cancelled or closed.
package final class BrokerConsumer: Sendable {
    package enum State: Sendable, Equatable {
        /// Being set up for the first time, or again after a fault.
        case settingUp(lastFault: BrokerError?)
        /// Deliveries flow from this queue.
        case consuming(queue: String)
        case finished
    }

    private let id: ConsumerID
    private let connection: BrokerConnection
    private let observed = Observed(State.settingUp(lastFault: nil))

    init(
        id: ConsumerID, specification: ConsumerSpecification, connection: BrokerConnection,
        handler: @escaping @Sendable (IncomingMessage) -> Void, onEvent: @escaping @Sendable (ConsumerEvent) -> Void
    ) {
        self.id = id
        self.connection = connection
        let observed = observed
        let registration = ConsumerRegistration(
            id: id, specification: specification, handler: handler,
            onEvent: { event in
                observed.update { state in
                    switch event {
                    case .established(let queue): state = .consuming(queue: queue)
                    case .interrupted(let error): if state != .finished { state = .settingUp(lastFault: error) }
                    case .finished: state = .finished
                    }
                }
                onEvent(event)
            })
        if !connection.post(.consume(registration)) { registration.onEvent(.finished) }
    }

    package var state: State { observed.value }

    /// Waits until it consumes; false where it does not within the bound, or is finished.
    package func waitUntilConsuming(within bound: Duration) async -> Bool {
        _ = await observed.wait(within: bound) { state in
            if case .settingUp = state { false } else { true }
        }
        if case .consuming = state { return true }
        return false
    }

    /// Asks for no further deliveries, and returns when none will come. What is in hand can still be settled; the
    /// channel ends with the last of it.
    package func cancel() async {
        guard connection.post(.cancel(id)) else { return }
        _ = await observed.wait { $0 == .finished }
    }

    /// Ends at once: what is in hand and unsettled goes back to the queue. Acknowledgements given before are sent.
    package func close() async {
        guard connection.post(.release(id)) else { return }
        _ = await observed.wait { $0 == .finished }
    }
}
