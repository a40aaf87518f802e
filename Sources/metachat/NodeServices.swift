import AsyncHTTPClient
import Broker
import Channels
import ConfigSync
import DataPlane
import Database
import Domain
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Observability
import ServiceLifecycle

/// A node's services, wired to each other: the only place that knows the concrete adapters.
struct NodeServices {
    /// In the order of their start; they are stopped from the last to the first.
    let all: [any Service]

    init(_ settings: NodeSettings, metrics: MetricRegistry, logger: Logger) throws {
        let worksHere = settings.roles.contains(.worker)
        let servesEdge = settings.roles.contains(.edge)
        let pool = PostgresPool(
            .init(connection: settings.database, size: settings.poolSize), metrics: metrics, logger: logger)
        let broker = try BrokerClient(configuration: settings.broker, logger: logger)
        let group = MultiThreadedEventLoopGroup.singleton
        let client = ClientService(group: group)
        let routing = Routing()
        let status = ConfigSyncStatus()
        let sync = ConfigSyncService(
            settings: .init(
                controlURLs: settings.controlURLs, nodeToken: settings.nodeToken, tls: settings.controlTLS,
                cachePath: settings.configCache),
            broker: broker, keyring: settings.keyring,
            applier: RoutingBuilder(
                routing: routing, keyring: settings.keyring, registry: AdapterRegistry(defaults: settings.defaults),
                logger: logger),
            status: status, metrics: metrics, logger: logger)
        let membership = Membership(broker: broker, logger: logger)
        let queues = QueueOpener(broker: broker)
        let workers =
            worksHere
            ? WorkerService(
                nodeID: settings.nodeID, config: settings.worker,
                dependencies: .init(
                    broker: broker, store: PostgresMessageStore(pool), documents: PostgresDocumentStore(pool),
                    registry: PostgresQueueRegistry(pool), queues: queues, routing: routing, membership: membership,
                    transport: ClientTransport(client.client), timekeeper: EventLoopTimekeeper(eventLoop: group.any()),
                    logger: logger))
            : nil
        let reporter = NodeReporter(
            identity: .init(
                id: settings.nodeID, instance: settings.instance, roles: settings.roles,
                advertiseURL: settings.advertiseURL ?? settings.bind.url(secure: settings.tls != nil),
                version: MetaChatVersion.current,
                startedAt: SystemClock().now()),
            broker: broker, status: status, logger: logger,
            load: { .init(sockets: 0, inFlight: workers?.inFlight ?? 0) })
        let webhooks =
            servesEdge
            ? WebhookReceiver(
                routing: routing, broker: broker, queues: queues, parsers: WebhookParsers.all, logger: logger) : nil
        let router = Router(context: NodeRequestContext.self)
        if let webhooks { WebhookRoutes(webhooks).add(to: router) }
        OperationsRoutes(
            health: {
                NodeHealth(
                    nodeID: settings.nodeID, revision: status.current.revision, status: reporter.report.status,
                    broker: broker.isUp, database: worksHere ? pool.isUp : nil,
                    controlPlane: status.current.trouble == nil)
            },
            metrics: { metrics.render() }, mayReadMetrics: { isLoopback, _ in isLoopback }
        ).add(to: router)
        let server = EdgeServer(
            host: settings.bind.host, port: settings.bind.port, tls: settings.tls, group: group, router: router,
            webhooks: webhooks,
            logger: logger
        ) { port in
            logger.notice(
                "the node listens",
                metadata: [
                    "node": "\(settings.nodeID)",
                    "url":
                        "\(ListenAddress(host: settings.bind.host, port: port).url(secure: settings.tls != nil))",
                ])
        }
        let gate = DrainGate { reporter.drain() }
        var services: [any Service] = [broker]
        if worksHere { services.append(pool) }
        services += [client, sync, reporter, membership] as [any Service]
        if let workers { services.append(workers) }
        services += [server, gate] as [any Service]
        all = services
    }
}

/// The HTTP client with which platforms are called; closed last.
struct ClientService: Service {
    let client: HTTPClient

    init(group: any EventLoopGroup) {
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: ClientTransport.configuration)
    }

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled: the client is to be closed all the same.
        }
        try await client.shutdown()
    }
}
