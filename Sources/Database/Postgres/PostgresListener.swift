package import Logging
import ServiceLifecycle

/// Listens on channels of `NOTIFY`, on a connection of its own that is made again when it breaks.
package final class PostgresListener: Service {
    package enum Event: Sendable, Hashable {
        /// Listens from now on, for the first time or again: what was sent before may have been missed.
        case listening
        case notification(PostgresNotification)
    }

    /// What happens, for one consumer. Where it does not keep up, the oldest notifications give way to another
    /// ``Event/listening``.
    package let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger

    /// - Parameter limit: Events kept for a consumer that does not keep up.
    package init(
        _ configuration: PostgresConfiguration, channels: [String], logger: Logger, limit: Int = 1024
    ) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(limit))
    }

    /// Listens until the task is cancelled or shut down gracefully; ``events`` ends then.
    package func run() async throws {
        defer { continuation.finish() }
        var failures = 0
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                if let interruption = await listen() { throw interruption }
                return
            } catch let error as Interruption {
                failures = error.wasListening ? 1 : failures + 1
                logger.warning("listening to the database was interrupted", metadata: ["error": "\(error.cause)"])
            }
            let pause = min(Duration.seconds(2), .milliseconds(50) * (1 << min(failures - 1, 10)))
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: pause * Double.random(in: 0.5...1)) }
            } catch is CancellationError {
                return
            }
        }
    }

    private struct Interruption: Error {
        var cause: any Error
        var wasListening: Bool
    }

    /// - Returns: Nil after an orderly end.
    private func listen() async -> Interruption? {
        let down = Once<DatabaseError?>()
        let connection: PostgresConnection
        do {
            connection = try await PostgresConnection.connect(
                configuration, onNotification: { [weak self] in self?.yield(.notification($0)) },
                onDown: { down.resolve($0) })
        } catch {
            return Interruption(cause: error, wasListening: false)
        }
        return await withTaskCancellationOrGracefulShutdownHandler {
            do {
                try await connection.batch(channels.map { PostgresStatement("LISTEN \($0.quotedIdentifier)") })
            } catch {
                connection.close()
                _ = await down.value
                return Interruption(cause: error, wasListening: false)
            }
            yield(.listening)
            return await down.value.map { Interruption(cause: $0, wasListening: true) }
        } onCancelOrGracefulShutdown: {
            connection.close()
        }
    }

    private func yield(_ event: Event) {
        if case .dropped = continuation.yield(event) { continuation.yield(.listening) }
    }
}

extension String {
    /// As SQL writes a name that may hold anything.
    var quotedIdentifier: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}
