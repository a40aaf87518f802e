import Synchronization

/// A message in the hands of its consumer, which settles it with one of ``ack()``, ``nack(requeue:)``, ``reject()``.
///
/// Settling is idempotent (the first call counts), possible from any thread, and without effect once the channel that
/// delivered it is gone: the broker has then given the message to somebody else, or will.
package final class IncomingMessage: Sendable {
    enum Verdict: Sendable { case acknowledge, requeue, discard }

    package let body: [UInt8]
    package let messageID: String?
    package let contentType: String?
    package let headers: [String: HeaderValue]
    package let exchange: String
    package let routingKey: String
    /// Whether it was delivered before, perhaps to someone who never saw it.
    package let redelivered: Bool

    private let tag: UInt64
    private let epoch: UInt64
    private let consumer: ConsumerID
    private let mailbox: Mailbox?
    private let settled: Atomic<Bool>

    /// - Parameter mailbox: nil where the consumer takes messages without acknowledgement.
    init(
        envelope: DeliveryEnvelope, body: [UInt8], consumer: ConsumerID, epoch: UInt64, mailbox: Mailbox?
    ) {
        self.body = body
        messageID = envelope.messageID
        contentType = envelope.contentType
        headers = envelope.headers
        exchange = envelope.exchange
        routingKey = envelope.routingKey
        redelivered = envelope.redelivered
        tag = envelope.tag
        self.epoch = epoch
        self.consumer = consumer
        self.mailbox = mailbox
        settled = Atomic(mailbox == nil)
    }

    /// It is done; the broker forgets it.
    package func ack() { settle(.acknowledge) }

    /// It is not done: back to the queue (to be delivered again at once, perhaps here), or away.
    package func nack(requeue: Bool) { settle(requeue ? .requeue : .discard) }

    /// It never will be done: the broker drops it, or puts it where the queue's dead-letter exchange says.
    package func reject() { settle(.discard) }

    private func settle(_ verdict: Verdict) {
        guard let mailbox, !settled.exchange(true, ordering: .relaxed) else { return }
        mailbox.settle(Settlement(consumer: consumer, epoch: epoch, tag: tag, verdict: verdict))
    }
}

/// What precedes a delivery's body on the wire.
struct DeliveryEnvelope: Sendable {
    let tag: UInt64
    let exchange: String
    let routingKey: String
    let redelivered: Bool
    var messageID: String?
    var contentType: String?
    var headers: [String: HeaderValue] = [:]
}

struct Settlement: Sendable {
    let consumer: ConsumerID
    let epoch: UInt64
    let tag: UInt64
    let verdict: IncomingMessage.Verdict
}
