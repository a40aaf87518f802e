package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import ServiceLifecycle

/// The data plane's HTTP listener.
package struct EdgeServer: Service {
    private let host: String
    private let port: Int
    private let group: any EventLoopGroup
    private let responder: RouterResponder<NodeRequestContext>
    private let onBound: @Sendable (Int) -> Void
    private let logger: Logger

    /// - Parameter onBound: called with the port once the listener is open.
    package init(
        host: String, port: Int, group: any EventLoopGroup, router: Router<NodeRequestContext>, logger: Logger,
        onBound: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.group = group
        responder = router.buildResponder()
        self.logger = logger
        self.onBound = onBound
    }

    package func run() async throws {
        let responder = responder
        let logger = logger
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                let context = NodeRequestContext(
                    source: ApplicationRequestContextSource(channel: channel, logger: logger))
                let response: Response
                do {
                    response = try await responder.respond(to: request, context: context)
                } catch let error as any HTTPResponseError {
                    response = try error.response(from: request, context: context)
                } catch {
                    logger.error("A request failed", metadata: ["error": "\(error)"])
                    response = Response(status: .internalServerError)
                }
                try await writer.write(response: response.head, body: response.body)
            },
            configuration: .init(idleTimeout: .seconds(75)))
        let server = LoopBoundHTTP1(http, executors: EventLoopExecutors(group)).server(
            configuration: ServerConfiguration(address: .hostname(host, port: port), backlog: 1024),
            onServerRunning: { channel in onBound(channel.localAddress?.port ?? port) },
            eventLoopGroup: group,
            logger: logger)
        try await server.run()
    }
}
