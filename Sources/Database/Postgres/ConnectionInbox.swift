import Synchronization

/// What tasks want from a connection's thread.
enum ConnectionOrder: Sendable {
    case run(PendingBatch)
    case interrupt(PipelineMachine.BatchID)
    case cancelFinished
    /// Close when what is under way has ended; what comes later is refused.
    case close
}

/// A batch on its way to the connection's thread.
struct PendingBatch: Sendable {
    enum Work: Sendable {
        case statements([PostgresStatement])
        /// Any number of statements in the simple protocol, without parameters or results.
        case script(String)
    }

    var request: PipelineMachine.Request
    var work: Work
    /// Called exactly once, on the connection's thread.
    var completion: @Sendable (Result<[PostgresRows], any Error>) -> Void
}

/// Where tasks leave orders for a connection's thread, and wake it.
final class ConnectionInbox: Sendable {
    private struct State {
        var orders: [ConnectionOrder] = []
        /// Why nothing is taken any more.
        var refusal: DatabaseError?
    }

    private let state = Mutex(State())
    private let wake: WakeDescriptor

    init() throws(DatabaseError) { wake = try WakeDescriptor() }

    var descriptor: Int32 { wake.descriptor }

    /// Leaves an order.
    ///
    /// - Returns: Nil; where the connection is gone, why: then the order will not be looked at.
    func post(_ order: ConnectionOrder) -> DatabaseError? {
        let (refusal, wasEmpty): (DatabaseError?, Bool) = state.withLock { state in
            if let refusal = state.refusal { return (refusal, false) }
            state.orders.append(order)
            return (nil, state.orders.count == 1)
        }
        if wasEmpty { wake.wake() }
        return refusal
    }

    /// Takes everything; called by the connection's thread.
    func take() -> [ConnectionOrder] {
        state.withLock { state in
            var orders: [ConnectionOrder] = []
            swap(&orders, &state.orders)
            return orders
        }
    }

    func clearWake() { wake.clear() }

    /// Refuses orders from now on, with this reason, and gives what is left.
    func shut(_ refusal: DatabaseError) -> [ConnectionOrder] {
        state.withLock { state in
            state.refusal = refusal
            let orders = state.orders
            state.orders = []
            return orders
        }
    }
}
