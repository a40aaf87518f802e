package import Domain
import Logging

/// The application's port, filled by RabbitMQ.
extension BrokerClient: MessageBroker {
    package func publish(
        _ message: BrokerMessage, timeoutMilliseconds: Int64
    ) async throws(Domain.PublishError) {
        do throws(PublishFailure) {
            try await publish(OutgoingMessage(message), timeout: .milliseconds(timeoutMilliseconds))
        } catch {
            throw Domain.PublishError(error)
        }
    }

    package func publish(
        _ messages: [BrokerMessage], timeoutMilliseconds: Int64
    ) async throws(Domain.PublishError) {
        do throws(PublishFailure) {
            try await publish(messages.map(OutgoingMessage.init), timeout: .milliseconds(timeoutMilliseconds))
        } catch {
            throw Domain.PublishError(error)
        }
    }

    package func ensureQueue(_ name: String, singleActiveConsumer: Bool) async throws {
        let declaration = QueueDeclaration(
            name: name, type: configuration.queueType, singleActiveConsumer: singleActiveConsumer)
        try await translating { () async throws(BrokerError) in try await ensureQueue(declaration) }
    }

    package func ensureFanout(_ exchange: String) async throws {
        let declaration = ExchangeDeclaration(name: exchange, kind: .fanout)
        try await translating { () async throws(BrokerError) in try await declareExchange(declaration) }
    }

    package func bind(queue: String, to exchange: String) async throws {
        let binding = Binding(exchange: exchange, queue: queue)
        try await translating { () async throws(BrokerError) in try await bind(binding) }
    }

    package func depth(of queue: String) async throws -> (messages: Int, consumers: Int)? {
        try await translating { () async throws(BrokerError) in
            do throws(BrokerError) {
                let depth = try await inspectQueue(queue)
                return (depth.messages, depth.consumers)
            } catch {
                if case .refused(code: 404, _) = error { return nil }
                throw error
            }
        }
    }

    package func deleteQueue(_ name: String) async throws -> Int {
        try await translating { () async throws(BrokerError) in try await deleteQueue(name, timeout: .seconds(10)) }
    }

    /// Returns when the consumer consumes, so that everything published from then on reaches it.
    ///
    /// - Throws: ``Domain/DependencyError`` where that takes longer than the configured request time-out; nothing is
    ///   left behind then.
    package func consume(
        _ queue: ConsumerQueue, prefetch: Int, handler: @escaping @Sendable (any Domain.Delivery) -> Void
    ) async throws -> any ConsumerHandle {
        let consumer = try await translating { () async throws(BrokerError) in
            try start(queue, prefetch: prefetch, handler: handler)
        }
        if await consumer.waitUntilConsuming(within: configuration.requestTimeout) { return consumer }
        let state = consumer.state
        await consumer.close()
        if case .settingUp(let fault?) = state { throw DependencyError(fault) }
        throw DependencyError.unavailable("the broker did not let us consume in time")
    }

    private func start(
        _ queue: ConsumerQueue, prefetch: Int, handler: @escaping @Sendable (any Domain.Delivery) -> Void
    ) throws(BrokerError) -> BrokerConsumer {
        switch queue {
        case .durable(let name, let singleActiveConsumer):
            let declaration = QueueDeclaration(
                name: name, type: configuration.queueType, singleActiveConsumer: singleActiveConsumer)
            return try consume(
                ConsumerSpecification(queue: name, declaration: declaration, prefetch: prefetch), handler: handler)
        case .exclusive(let exchange, let rebound):
            let first = FirstTime()
            return try consume(
                .subscription(
                    to: ExchangeDeclaration(name: exchange, kind: .fanout), prefetch: prefetch,
                    withoutAcknowledgement: false),
                onEvent: { event in
                    if case .established = event, !first.take() { rebound() }
                },
                handler: handler)
        }
    }
}

extension BrokerClient: CallbackPublisher {
    package func publish(
        _ messages: [BrokerMessage], timeoutMilliseconds: Int64,
        whenDone: @escaping @Sendable (Domain.PublishError?) -> Void
    ) {
        publish(messages.map(OutgoingMessage.init), timeout: .milliseconds(timeoutMilliseconds)) { failure in
            whenDone(failure.map(Domain.PublishError.init))
        }
    }
}

extension BrokerConsumer: ConsumerHandle {}

extension IncomingMessage: Domain.Delivery {
    /// A header as text; numbers and booleans are written out.
    package func header(_ name: String) -> String? {
        switch headers[name] {
        case .string(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .double(let number): String(number)
        case .timestamp(let seconds): String(seconds)
        case .null, .bytes, .array, .table, nil: nil
        }
    }

    package func acknowledge() { ack() }

    package func requeue() { nack(requeue: true) }
}

extension OutgoingMessage {
    init(_ message: BrokerMessage) {
        self.init(
            exchange: message.exchange, routingKey: message.routingKey, body: message.body,
            messageID: message.messageID, mandatory: message.mandatory, persistent: message.persistent)
        for (name, value) in message.headers { headers[name] = .string(value) }
    }
}

extension Domain.PublishError {
    init(_ failure: PublishFailure) {
        switch failure {
        case .returned: self = .unroutable
        case .refused: self = .refused
        case .tooLarge: self = .tooLarge
        case .unavailable, .timedOut, .overloaded, .invalid: self = .unavailable(failure.description)
        }
    }
}

extension DependencyError {
    init(_ error: BrokerError) {
        switch error {
        case .unavailable, .timedOut: self = .unavailable(error.description)
        case .refused, .invalid, .unsupported: self = .rejected(error.description)
        }
    }
}

private func translating<Value>(
    _ body: () async throws(BrokerError) -> Value
) async throws(DependencyError) -> Value {
    do throws(BrokerError) {
        return try await body()
    } catch {
        throw DependencyError(error)
    }
}
