package import Domain
import Orchestrator

/// Publishes messages to the queue of their tenant, channel and direction, opened if need be.
package struct MessagePublisher: AnswerOutlet {
    private let broker: any MessageBroker
    private let queues: any QueueOpening
    private let routing: Routing
    private let timeoutMilliseconds: Int64

    package init(
        broker: any MessageBroker, queues: any QueueOpening, routing: Routing, timeoutMilliseconds: Int64 = 10_000
    ) {
        self.broker = broker
        self.queues = queues
        self.routing = routing
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Returns when the broker has confirmed it.
    ///
    /// - Throws: ``DependencyError``, ``PublishError``.
    package func publish(_ message: NormalizedMessage) async throws {
        let queue = QueueName(
            tenantID: message.tenantID, channel: message.channel, direction: message.direction,
            conversationID: message.conversationID,
            partitions: routing.current.partitions(message.channel, tenantID: message.tenantID))
        let outgoing = BrokerMessage(
            routingKey: queue.name, body: message.serialized(), messageID: message.id.description)
        try await queues.open(queue)
        do {
            try await broker.publish(outgoing, timeoutMilliseconds: timeoutMilliseconds)
        } catch PublishError.unroutable {
            queues.forget(queue)
            try await queues.open(queue)
            try await broker.publish(outgoing, timeoutMilliseconds: timeoutMilliseconds)
        }
    }
}
