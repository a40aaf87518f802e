package import Domain
package import Logging

/// Begins to consume, as often as it takes.
package struct Subscriber: Sendable {
    let broker: any MessageBroker
    let timekeeper: any Timekeeper
    let logger: Logger

    package init(broker: any MessageBroker, timekeeper: any Timekeeper, logger: Logger) {
        self.broker = broker
        self.timekeeper = timekeeper
        self.logger = logger
    }

    /// Returns when the broker has agreed; nil when cancelled before. Once it has, the broker resumes by itself.
    package func consume(
        _ queue: ConsumerQueue, prefetch: Int, handler: @escaping @Sendable (any Delivery) -> Void
    ) async -> (any ConsumerHandle)? {
        var tries = 0
        while !Task.isCancelled {
            do {
                return try await broker.consume(queue, prefetch: prefetch, handler: handler)
            } catch {
                tries += 1
                if tries == 1 {
                    logger.warning("cannot consume yet", metadata: ["queue": "\(queue.label)", "error": "\(error)"])
                }
                let wait = RetryPolicy().wait(number: tries, unit: .random(in: 0..<1))
                do { try await timekeeper.sleep(milliseconds: wait) } catch { return nil }
            }
        }
        return nil
    }
}

extension ConsumerQueue {
    fileprivate var label: String {
        switch self {
        case .durable(let name, _): name
        case .exclusive(let exchange, _): "exclusive at \(exchange)"
        }
    }
}
