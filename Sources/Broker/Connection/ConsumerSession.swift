/// One consumer on its connection's thread.
final class ConsumerSession {
    let id: ConsumerID
    let specification: ConsumerSpecification
    let handler: @Sendable (IncomingMessage) -> Void
    let onEvent: @Sendable (ConsumerEvent) -> Void

    var machine: ConsumerMachine
    var ledger = AckLedger()
    var assembler: ContentAssembler<DeliveryEnvelope>
    var channel: UInt16 = 0
    /// Changes with every channel: settlements of an older one are void.
    var epoch: UInt64 = 0
    /// As the broker knows it; differs from the specification's where the broker made the name up.
    var queue: String
    /// Whether acknowledgements wait in the ledger.
    var dirty = false

    init(_ registration: ConsumerRegistration, configuration: BrokerConfiguration) {
        id = registration.id
        specification = registration.specification
        handler = registration.handler
        onEvent = registration.onEvent
        queue = specification.queue
        assembler = ContentAssembler(limit: configuration.maximumBody)
        machine = ConsumerMachine(
            exchanges: specification.exchanges.count, declaresQueue: specification.declaration != nil,
            bindings: specification.bindings.count, backoff: configuration.reconsume,
            stepTimeout: configuration.requestTimeout)
    }

    /// Starts on a new channel.
    func begin(channel: UInt16, epoch: UInt64, maximumBody: Int) {
        self.channel = channel
        self.epoch = epoch
        queue = specification.queue
        ledger = AckLedger()
        assembler = ContentAssembler(limit: maximumBody)
        dirty = false
    }

    var tag: String { "c\(id)" }
}
