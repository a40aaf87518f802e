import ControlAPI
package import Domain
import HTTPServing
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import JSONCoding
package import Logging
import NIOCore
package import NIOSSL
package import Observability
package import Sealing
import ServiceLifecycle
import Synchronization

/// The control plane: JSON-RPC over HTTP, the config publisher, the fleet registry. Any number of them may run.
///
/// Told to stop gracefully, it is unready at once, answers what it has begun, publishes what was committed, and ends.
package struct ControlPlaneServer: Service {
    private let configuration: ControlPlaneConfiguration
    private let routes: ControlPlaneRoutes
    private let services: [any Service]
    private let logger: Logger
    private let tls: TLSConfiguration?
    private let onListening: @Sendable (Int) -> Void

    /// The config publisher, for whoever wants to know how far it is.
    package let publisher: ConfigPublisher

    /// - Parameters:
    ///   - tls: serves HTTPS; nil: plain HTTP.
    ///   - fleetStore: where sightings of nodes outlive this process; nil: nowhere.
    ///   - onListening: takes the port as soon as it is bound.
    package init(
        _ configuration: ControlPlaneConfiguration, tls: TLSConfiguration? = nil, store: any ConfigStore,
        access: any AccessStore,
        outbox: any ConfigOutbox,
        documents: any DocumentStore, messages: any MessageStore, fleetStore: (any FleetStore)? = nil,
        probe: any ChannelProbe, broker: any MessageBroker, keyring: Keyring,
        metrics: MetricRegistry = MetricRegistry(),
        clock: any WallClock = SystemClock(), uptime: (@Sendable () -> Int64)? = nil, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.tls = tls
        self.onListening = onListening
        let fleet = FleetRegistry(
            broker: broker, store: fleetStore, clock: clock, uptime: uptime, metrics: metrics, logger: logger)
        publisher = ConfigPublisher(outbox: outbox, broker: broker, metrics: metrics, logger: logger)
        services = [fleet, publisher]
        let authenticator = Authenticator(
            verifier: StoredTokens(
                EnvironmentTokens(admin: configuration.adminToken, node: configuration.nodeToken), store: access,
                clock: clock),
            metrics: metrics)
        let handlers = ControlHandlers(
            store: store, access: access, documents: documents, messages: messages, probe: probe, keyring: keyring,
            fleet: fleet,
            allowsPrivateURLs: configuration.allowsPrivateURLs, clock: clock,
            logger: logger)
        routes = ControlPlaneRoutes(
            authenticator: authenticator,
            rpc: RPCEndpoint(
                authenticator: authenticator, registry: handlers.makeRegistry(), metrics: metrics, logger: logger),
            health: HealthCheck(store: store, broker: broker), metrics: metrics, isSecure: tls != nil)
    }

    package func run() async throws {
        let routes = routes
        let onListening = onListening
        let plain = HTTPServerBuilder.keptHTTP1(idleTimeout: .seconds(75))
        let application = Application(
            router: routes.makeRouter(),
            server: try tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                routes.setServing(true)
                if let port = channel.localAddress?.port { onListening(port) }
            }, logger: quiet(logger))
        // Stopped from the last to the first: the listener, then what publishes and listens.
        let group = ServiceGroup(
            configuration: .init(services: services + [application], logger: quiet(logger)))
        try await withGracefulShutdownHandler {
            try await group.run()
        } onGracefulShutdown: {
            routes.setServing(false)
        }
    }

    /// The libraries' own chatter, from warnings on.
    private func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}
