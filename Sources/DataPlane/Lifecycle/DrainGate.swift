import ServiceLifecycle

/// The first service to be told of a graceful shutdown: says so to the outside and holds the others back long enough
/// for load balancers to look elsewhere, while everything is still served.
package struct DrainGate: Service {
    private let hold: Duration
    private let begin: @Sendable () async -> Void

    /// - Parameters:
    ///   - hold: how long requests are still taken after the node turned unready.
    ///   - begin: turns the node unready and reports it.
    package init(hold: Duration = .milliseconds(1200), begin: @escaping @Sendable () async -> Void) {
        self.hold = hold
        self.begin = begin
    }

    package func run() async throws {
        try await gracefulShutdown()
        await begin()
        try await Task.sleep(for: hold)
    }
}
