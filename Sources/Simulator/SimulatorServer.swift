import AsyncHTTPClient
import HTTPServing
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import Sealing
import ServiceLifecycle
import Synchronization

/// A simulator of the Graph API for WhatsApp's Cloud API: takes what a business sends, as strictly as Meta documents
/// it, plays the customers with signed webhooks, and fails on command.
///
/// Its HTTP interface is described in `metachat simulate --help`; a page at `/` shows the customers' phones.
package final class SimulatorServer: Service {
    private let configuration: SimulatorConfiguration
    private let core: SimulatorCore
    private let logger: Logger
    private let bound = Mutex<Bound>(.notYet)
    private let bell = Bell()

    private enum Bound {
        case notYet
        case listening(port: Int)
        case ended
    }

    package init(configuration: SimulatorConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        core = SimulatorCore(configuration: configuration, run: .random(in: 0 ... .max))
    }

    /// Waits until the simulator listens.
    ///
    /// - Throws: `CancellationError` when it ended without ever listening.
    package var port: Int {
        get async throws {
            for await _ in bell.listen() {
                switch bound.withLock({ $0 }) {
                case .notYet: continue
                case .listening(let port): return port
                case .ended: throw CancellationError()
                }
            }
            throw CancellationError()
        }
    }

    /// Serves until graceful shutdown or cancellation.
    package func run() async throws {
        defer {
            bound.withLock { $0 = .ended }
            bell.ring()
        }
        var clientConfiguration = HTTPClient.Configuration()
        clientConfiguration.timeout.connect = .seconds(5)
        clientConfiguration.redirectConfiguration = .disallow
        clientConfiguration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        clientConfiguration.httpVersion = .http1Only
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: clientConfiguration)
        let outcome: Result<Void, any Error>
        do {
            try await serve(client)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        try outcome.get()
    }

    private func serve(_ client: HTTPClient) async throws {
        let key = configuration.appSecret.map { HMACKey($0) }
        let courier = WebhookCourier(core: core, client: client, key: key, logger: logger)
        let application = Application(
            router: router(client, key), server: .keptHTTP1(),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: "metachat-simulator",
                backlog: 1024),
            onServerRunning: { [self] channel in
                let port = channel.localAddress?.port ?? 0
                bound.withLock { $0 = .listening(port: port) }
                bell.ring()
                logger.info("simulator listens", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
            },
            logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { await courier.run() }
            defer { group.cancelAll() }
            try await application.run()
        }
    }

    private func router(_ client: HTTPClient, _ key: HMACKey?) -> Router<SimulatorContext> {
        let router = Router(context: SimulatorContext.self)
        router.add(middleware: SimulatorMiddleware())
        PageRoutes().add(to: router)
        ControlRoutes(
            core: core, key: key, verifier: WebhookVerifier(client: client, token: configuration.verifyToken)
        ).add(to: router)
        GraphRoutes(core: core).add(to: router)
        return router
    }
}
