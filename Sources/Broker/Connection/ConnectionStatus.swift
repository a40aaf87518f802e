/// How a connection is doing.
struct ConnectionStatus: Sendable, Equatable {
    enum Phase: Sendable, Equatable {
        case connecting
        case open
        /// Not connected, with the reason of the last failure; tried again after a back-off.
        case down(BrokerError)
        case closed
    }

    var phase = Phase.connecting
    /// Counts the times it came up; 0 before the first.
    var epoch: UInt64 = 0
    /// RabbitMQ's version, once known.
    var serverVersion = ""
    /// Why the broker takes no publishes for now (`connection.blocked`).
    var blocked: String?

    var isOpen: Bool { phase == .open }
}
