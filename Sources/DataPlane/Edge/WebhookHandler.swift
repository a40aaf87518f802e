import DequeModule
import Domain
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Serves webhook deliveries on the connection's event loop, without a task: the body is verified, read and handed to
/// the broker where it arrives, and the answer is written when the broker has confirmed. Requests that are none are
/// let through.
final class WebhookHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let receiver: WebhookReceiver
    private let date: HTTPDate
    private var exchange = WebhookExchange()
    /// What arrived behind a request whose answer is still being made; bounded, as no more is read meanwhile.
    private var held: Deque<HTTPRequestPart> = []
    private var readIsHeld = false

    init(_ receiver: WebhookReceiver, date: HTTPDate) {
        self.receiver = receiver
        self.date = date
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data), context)
    }

    private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        guard held.isEmpty || !exchange.isAnswering else { return held.append(part) }
        let action: WebhookExchange.PartAction
        switch part {
        case .head(let head): action = exchange.head(WebhookRequest(head))
        case .body(let bytes): action = exchange.body(bytes, limit: WebhookReceiver.bodyLimit)
        case .end: action = exchange.end()
        }
        switch action {
        case .pass: context.fireChannelRead(wrapInboundOut(part))
        case .nothing: break
        case .hold: held.append(part)
        case .handle(let request, let body): handle(request, body ?? ByteBuffer(), context)
        case .refuse(let request): answer(.tooLarge, to: request, context)
        case .abort: context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        if exchange.isAnswering { readIsHeld = true } else { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { exchange.passedAnswered() }
        context.write(data, promise: promise)
    }

    private func handle(_ request: WebhookRequest, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        let received = body.withUnsafeReadableBytes {
            receiver.receive(request.type, tenantID: request.tenantID, signature: request.signature, body: $0)
        }
        switch received {
        case .answered(let answer): self.answer(answer, to: request, context)
        case .accepted(let messages, let statuses):
            let loop = context.eventLoop
            let bound = NIOLoopBound((self, context), eventLoop: loop)
            receiver.publish(messages, statuses, on: loop) { answer in
                let (handler, context) = bound.value
                handler.answer(answer, to: request, context)
            }
        }
    }

    private func answer(_ answer: WebhookAnswer, to request: WebhookRequest, _ context: ChannelHandlerContext) {
        receiver.metrics.answered(answer, request.type, since: request.arrival)
        guard context.channel.isActive else { return }
        let text = context.channel.allocator.buffer(string: answer.text)
        var head = HTTPResponse(status: .init(code: answer.status))
        head.headerFields[.contentType] = "text/plain; charset=utf-8"
        head.headerFields[.contentLength] = String(text.readableBytes)
        head.headerFields[.date] = date.now
        if case .unavailable = answer { head.headerFields[.retryAfter] = "2" }
        if request.closes { head.headerFields[.connection] = "close" }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(text)), promise: nil)
        if request.closes {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
                bound.value.close(mode: .output, promise: nil)
            }
        } else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        exchange.answered()
        resume(context)
    }

    /// Goes on with what had to wait.
    private func resume(_ context: ChannelHandlerContext) {
        var passed = false
        while !exchange.isAnswering, let part = held.popFirst() {
            take(part, context)
            passed = true
        }
        if passed { context.fireChannelReadComplete() }
        if readIsHeld, !exchange.isAnswering {
            readIsHeld = false
            context.read()
        }
    }
}

@available(*, unavailable)
extension WebhookHandler: Sendable {}
