import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A node's HTTP/1.1 connection: webhooks are served by a channel handler right behind the parser, everything else by
/// Hummingbird, whose task for the connection is bound to the connection's event loop.
struct NodeHTTP1: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// An idle connection is closed after this.
    static let idleTimeout: Duration = .seconds(75)

    let responder: HTTPChannelHandler.Responder
    let executors: EventLoopExecutors
    let webhooks: WebhookReceiver?
    let date: HTTPDate

    func setup(channel: any NIOCore.Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = 16 * 1024
            limits.maxHeaderListSize = 64 * 1024
            limits.maxHeaderFieldCount = 200
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
            if let webhooks {
                try pipeline.addHandler(WebhookHandler(webhooks, date: date, idleTimeout: Self.idleTimeout))
            }
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            let idleTimeout = webhooks == nil ? Self.idleTimeout : nil
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(executors[value.channel.eventLoop]) {
            await handleHTTP(asyncChannel: value, logger: logger)
        }
    }
}
