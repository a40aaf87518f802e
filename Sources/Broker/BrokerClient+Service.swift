import ServiceLifecycle

extension BrokerClient: Service {
    /// How long ``run()`` lets confirms and acknowledgements come in after a graceful shutdown has begun.
    package static let shutdownBound = Duration.seconds(5)

    /// Connects, serves until the graceful shutdown or the task's cancellation, then closes.
    package func run() async throws {
        try start()
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled: the connection is to be closed all the same.
        }
        await close(within: Self.shutdownBound)
    }
}
