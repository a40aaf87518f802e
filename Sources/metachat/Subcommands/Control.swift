import ArgumentParser
import Broker
import Channels
import ControlPlane
import DataPlane
import Database
import Logging
import NIOPosix
import Observability
import Sealing
import ServiceLifecycle

struct Control: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the control plane: JSON-RPC over HTTP, and the publisher of config changes.",
        discussion: "Any number of instances may run on one database.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var broker: BrokerOptions
    @OptionGroup var keys: KeyOptions
    @OptionGroup var graph: GraphOptions
    @OptionGroup var tls: TLSOptions
    @OptionGroup var log: LogOptions

    @Option(help: "address of the listener [METACHAT_CONTROL_BIND, default 127.0.0.1:7070]")
    var controlBind: String?
    @Option(help: "bearer token of the first administrator [METACHAT_ADMIN_TOKEN]")
    var adminToken: String?
    @Option(help: "bearer token with which nodes read the config snapshot [METACHAT_NODE_TOKEN]")
    var nodeToken: String?
    @Option(
        help: """
            functions and webhooks may lead to private addresses [METACHAT_ALLOW_PRIVATE_URLS, default false]
            """)
    var allowPrivateURLs: String?
    @Flag(help: "Do not bring the database's schema up to date first.")
    var noMigrate = false

    func run() async throws {
        let settings = try reportingSettings {
            try log.bootstrap()
            return (
                bind: try ListenAddress.read("METACHAT_CONTROL_BIND", controlBind, default: "127.0.0.1:7070"),
                admin: try Setting.token("METACHAT_ADMIN_TOKEN", adminToken),
                node: try Setting.token("METACHAT_NODE_TOKEN", nodeToken),
                database: try database.configuration(), poolSize: try database.poolSize(),
                broker: try broker.configuration(name: "metachat control"), keyring: try keys.keyring(),
                graph: try graph.defaults(), tls: try tls.configuration(),
                allowsPrivateURLs: try Setting.flag("METACHAT_ALLOW_PRIVATE_URLS", allowPrivateURLs, default: false)
            )
        }
        let logger = Logger(label: "metachat.control")
        let registry = Process.startMetrics()
        if !noMigrate { try await migrate(settings.database, logger) }
        let pool = PostgresPool(
            .init(connection: settings.database, size: settings.poolSize), metrics: registry, logger: logger)
        let client = try BrokerClient(configuration: settings.broker, logger: logger)
        let committed = CommittedEvents()
        let store = PostgresConfigStore(pool, committed: committed)
        let platforms = ClientService(group: MultiThreadedEventLoopGroup.singleton)
        let server = ControlPlaneServer(
            ControlPlaneConfiguration(
                host: settings.bind.host, port: settings.bind.port, adminToken: settings.admin,
                nodeToken: settings.node, allowsPrivateURLs: settings.allowsPrivateURLs),
            tls: settings.tls,
            store: store, access: store, outbox: PostgresConfigOutbox(pool, committed: committed),
            documents: PostgresDocumentStore(pool), messages: PostgresMessageStore(pool),
            fleetStore: PostgresFleetStore(pool),
            probe: GraphProbe(defaults: settings.graph, transport: ClientTransport(platforms.client)), broker: client,
            keyring: settings.keyring, metrics: registry, logger: logger
        ) { port in
            logger.notice(
                "the control plane listens",
                metadata: [
                    "url": "\(ListenAddress(host: settings.bind.host, port: port).url(secure: settings.tls != nil))"
                ])
        }
        try await Process.run([pool, client, platforms, server], bound: .seconds(20), logger: logger)
    }

    /// Waits for the database, so that a machine's services may start in any order.
    private func migrate(_ configuration: PostgresConfiguration, _ logger: Logger) async throws {
        var wait: Duration = .milliseconds(100)
        while true {
            do {
                try await Migrator(configuration, logger: logger).apply()
                return
            } catch let error as DatabaseError where error.isUnavailable {
                logger.warning("the database is not there yet", metadata: ["error": "\(error)"])
                try await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(5))
            }
        }
    }
}
