package import HummingbirdCore
package import Logging
package import NIOCore
package import NIOHTTPTypes

/// A server's connections, each kept whole until it is closed.
///
/// A connection that is accepted in the moment in which its server stops is dropped by the server's accept loop, and
/// NIO ends the process over a writer that nobody has finished. Here the channel holds on to it until the connection is
/// closed, which finishes it.
package struct KeptChannel<Base: ServerChildChannel>: ServerChildChannel
where Base.Value == NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
    package typealias Value = Base.Value

    private let base: Base

    package init(_ base: Base) { self.base = base }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(Keeper(value))
            return value
        }
    }

    package func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

extension HTTPServerBuilder {
    /// Hummingbird's HTTP/1.1 with connections that are kept.
    package static func keptHTTP1(idleTimeout: TimeAmount? = nil) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            KeptChannel(HTTP1Channel(responder: responder, configuration: .init(idleTimeout: idleTimeout)))
        }
    }
}

/// Holds a connection's two ends for as long as it is there. The last in its pipeline, and so the last to be removed.
private final class Keeper: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart

    private var kept: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?

    init(_ channel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>) { kept = channel }

    func handlerRemoved(context: ChannelHandlerContext) { kept = nil }
}
