import HTTPServing
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import NIOCore
package import NIOSSL
import ServiceLifecycle

/// The data plane's HTTP listener.
package struct EdgeServer: Service {
    private let host: String
    private let port: Int
    private let group: any EventLoopGroup
    private let responder: RouterResponder<NodeRequestContext>
    private let webhooks: WebhookReceiver?
    private let tls: TLSConfiguration?
    private let onBound: @Sendable (Int) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - tls: serves HTTPS; nil: plain HTTP.
    ///   - webhooks: serves webhook deliveries; nil where the node has no edge.
    ///   - onBound: called with the port once the listener is open.
    package init(
        host: String, port: Int, tls: TLSConfiguration? = nil, group: any EventLoopGroup,
        router: Router<NodeRequestContext>,
        webhooks: WebhookReceiver?, logger: Logger,
        onBound: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.group = group
        responder = router.buildResponder()
        self.webhooks = webhooks
        self.logger = logger
        self.onBound = onBound
    }

    package func run() async throws {
        let responder = responder
        let logger = logger
        let date = HTTPDate()
        let http = KeptChannel(
            NodeHTTP1(
                responder: { request, writer, channel in
                    let context = NodeRequestContext(
                        source: ApplicationRequestContextSource(channel: channel, logger: logger))
                    var response: Response
                    do {
                        response = try await responder.respond(to: request, context: context)
                    } catch let error as any HTTPResponseError {
                        response = try error.response(from: request, context: context)
                    } catch {
                        logger.error("A request failed", metadata: ["error": "\(error)"])
                        response = Response(status: .internalServerError)
                    }
                    response.headers[.date] = date.now
                    try await writer.write(response: response.head, body: response.body)
                },
                executors: EventLoopExecutors(group), webhooks: webhooks, date: date))
        if let tls {
            try await serve(TLSChannel(http, tlsConfiguration: tls))
        } else {
            try await serve(http)
        }
    }

    private func serve(_ channel: some ServerChildChannel) async throws {
        let server = channel.server(
            configuration: ServerConfiguration(address: .hostname(host, port: port), backlog: 1024),
            onServerRunning: { channel in onBound(channel.localAddress?.port ?? port) },
            eventLoopGroup: group,
            logger: logger)
        try await server.run()
    }
}
