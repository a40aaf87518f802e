import Channels
package import Domain
import JSONCoding
package import Logging
import NIOCore
import Observability

/// Takes a platform's webhooks in: finds the channels, verifies the raw body, normalises it and hands every message to
/// the broker. Touches no database. Answers 200 only after the broker has confirmed all of it.
package struct WebhookReceiver: Sendable {
    /// Largest body that is read, in bytes (Meta sends up to 3 MB).
    package static let bodyLimit = 3 * 1024 * 1024

    /// Where the statuses of all tenants go.
    package static let statusQueue = "metachat.statuses"

    private let routing: Routing
    private let broker: any MessageBroker
    private let publisher: any CallbackPublisher
    private let queues: any QueueOpening
    private let parsers: [ChannelType: WebhookParser]
    private let clock: any WallClock
    private let publishTimeoutMilliseconds: Int64
    private let logger: Logger
    private let unconfirmed = LogThrottle()
    let metrics = WebhookMetrics()

    package init(
        routing: Routing, broker: any MessageBroker & CallbackPublisher, queues: any QueueOpening,
        parsers: [ChannelType: WebhookParser], clock: any WallClock = SystemClock(),
        publishTimeoutMilliseconds: Int64 = 4000, logger: Logger
    ) {
        self.routing = routing
        self.broker = broker
        publisher = broker
        self.queues = queues
        self.parsers = parsers
        self.clock = clock
        self.publishTimeoutMilliseconds = publishTimeoutMilliseconds
        self.logger = logger
    }

    /// The subscription handshake: `hub.mode=subscribe`, `hub.verify_token`, `hub.challenge`.
    package func subscribe(
        _ type: ChannelType, tenantID: String, mode: String?, verifyToken: String?, challenge: String?
    ) -> WebhookAnswer {
        let channels = routing.current.usable(type, tenantID: tenantID)
        guard !channels.isEmpty else { return .notFound }
        guard mode == "subscribe", let verifyToken, let challenge, !challenge.isEmpty, challenge.utf8.count <= 4096
        else {
            return .malformed("hub.mode=subscribe, hub.verify_token and hub.challenge are needed.")
        }
        let now = clock.now()
        let accepted = channels.reduce(false) { accepted, channel in
            (channel.webhook?.accepts(verifyToken: verifyToken, now: now) ?? false) || accepted
        }
        return accepted ? .challenge(challenge) : .forbidden
    }

    /// One delivery of events.
    package func receive(
        _ type: ChannelType, tenantID: String, signature: String?, body: UnsafeRawBufferPointer
    ) -> Received {
        let table = routing.current
        let channels = table.usable(type, tenantID: tenantID)
        guard let parse = parsers[type], !channels.isEmpty else { return .answered(.notFound) }
        guard let signature else { return .answered(.unauthorized("The header x-hub-signature-256 is missing.")) }
        let now = clock.now()
        let signed = channels.filter { $0.webhook?.accepts(signature: signature, of: body, now: now) ?? false }
        guard !signed.isEmpty else {
            return .answered(.unauthorized("The signature does not fit the body and the channel's app secret."))
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: body, limits: .webhook)
        } catch {
            return .answered(.malformed("The body is not JSON: \(error)."))
        }
        let content = parse(document, now) { id in signed.first { $0.accountID == id } }
        guard let content else { return .answered(.malformed("The body is not a webhook payload of this platform.")) }
        metrics.count(content, type)
        if content.foreign > 0 || content.malformed > 0 {
            logger.warning(
                "Parts of a webhook were dropped",
                metadata: [
                    "tenant": "\(tenantID)", "channel": "\(type.rawValue)", "foreign": "\(content.foreign)",
                    "malformed": "\(content.malformed)",
                ])
        }
        for error in content.errors {
            logger.warning("The platform reports an error", metadata: ["tenant": "\(tenantID)", "error": "\(error)"])
        }
        let outgoing = content.messages.map { message -> (QueueName, BrokerMessage) in
            let queue = QueueName(
                tenantID: tenantID, channel: type, direction: .inbound, conversationID: message.conversationID,
                partitions: table.partitions(type, tenantID: tenantID))
            return (
                queue,
                BrokerMessage(
                    routingKey: queue.name, body: message.serialized(), messageID: message.id.description)
            )
        }
        let statuses = content.statuses.map {
            BrokerMessage(routingKey: Self.statusQueue, body: $0.json.serialized())
        }
        return .accepted(messages: outgoing, statuses: statuses)
    }

    /// What is known of a delivery before the broker is asked.
    package enum Received: Sendable {
        case answered(WebhookAnswer)
        case accepted(messages: [(QueueName, BrokerMessage)], statuses: [BrokerMessage])
    }

    /// Publishes in the order of the body; `whenDone` is called on the loop when all are confirmed or one is not.
    func publish(
        _ messages: [(QueueName, BrokerMessage)], _ statuses: [BrokerMessage], on loop: any EventLoop,
        whenDone: @escaping @Sendable (WebhookAnswer) -> Void
    ) {
        guard messages.allSatisfy({ queues.isOpen($0.0) }) else {
            // The first message of a queue: it is declared and announced before.
            loop.makeFutureWithTask { await publish(messages, statuses) }.whenSuccess(whenDone)
            return
        }
        guard !messages.isEmpty || !statuses.isEmpty else { return loop.execute { whenDone(.received) } }
        let done: @Sendable (PublishError?) -> Void = { error in
            switch error {
            case nil: loop.execute { whenDone(.received) }
            case .unroutable: loop.makeFutureWithTask { await again(messages, statuses) }.whenSuccess(whenDone)
            case let error?:
                let answer = unavailable(error)
                loop.execute { whenDone(answer) }
            }
        }
        publisher.publish(
            messages.map(\.1) + statuses, timeoutMilliseconds: publishTimeoutMilliseconds, whenDone: done)
    }

    /// The same for a task.
    package func publish(_ messages: [(QueueName, BrokerMessage)], _ statuses: [BrokerMessage]) async -> WebhookAnswer {
        do {
            try await publishOnce(messages, statuses)
            return .received
        } catch PublishError.unroutable {
            return await again(messages, statuses)
        } catch {
            return unavailable(error)
        }
    }

    /// A queue was deleted behind our back: opens it anew, once. What was confirmed already comes twice, which the
    /// workers notice.
    private func again(_ messages: [(QueueName, BrokerMessage)], _ statuses: [BrokerMessage]) async -> WebhookAnswer {
        for (queue, _) in messages { queues.forget(queue) }
        do {
            try await queues.prepare()
            try await publishOnce(messages, statuses)
            return .received
        } catch {
            return unavailable(error)
        }
    }

    private func publishOnce(_ messages: [(QueueName, BrokerMessage)], _ statuses: [BrokerMessage]) async throws {
        var opened: QueueName?
        for (queue, _) in messages where queue != opened {
            try await queues.open(queue)
            opened = queue
        }
        try await broker.publish(messages.map(\.1) + statuses, timeoutMilliseconds: publishTimeoutMilliseconds)
    }

    private func unavailable(_ error: any Error) -> WebhookAnswer {
        if let others = unconfirmed.pass() {
            logger.warning(
                "A webhook's messages were not confirmed",
                metadata: ["error": "\(error)", "othersSinceTheLastLine": "\(others)"])
        }
        return .unavailable
    }
}

extension ChannelRuntime {
    /// The platform's id of the account behind the channel: phone number id, page id.
    package var accountID: String? {
        switch config {
        case .whatsapp(let config): config.phoneNumberID
        case .messenger(let config): config.pageID
        case .webchat: nil
        }
    }
}
