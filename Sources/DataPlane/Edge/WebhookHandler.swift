import DequeModule
import Domain
import NIOCore
import NIOHTTP1

/// Serves webhook deliveries on the connection's event loop, without a task: the body is verified, read and handed to
/// the broker where it arrives, and the answer is written when the broker has confirmed. Requests that are none are
/// let through.
///
/// Also closes idle connections, and lets its own requests finish before the connection is told to close.
final class WebhookHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let receiver: WebhookReceiver
    private let date: HTTPDate
    private let idleTimeout: TimeAmount
    private var exchange = WebhookExchange()
    /// What arrived behind a request whose answer is still being made; bounded, as no more is read meanwhile.
    private var held: Deque<HTTPServerRequestPart> = []
    private var readIsHeld = false
    private var quiesces = false
    private var lastActive = NIODeadline.uptimeNanoseconds(0)
    private var idleCheck: Scheduled<Void>?

    init(_ receiver: WebhookReceiver, date: HTTPDate, idleTimeout: Duration) {
        self.receiver = receiver
        self.date = date
        self.idleTimeout = TimeAmount(idleTimeout)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        // A body of ours that trickles in does not keep the connection.
        if !exchange.isOurs { lastActive = context.eventLoop.now }
        take(part, context)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
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
        // Nobody sends more before the answer, as a rule: only who does is made to wait.
        if held.isEmpty { context.read() } else { readIsHeld = true }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            exchange.passedAnswered()
            lastActive = context.eventLoop.now
        }
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

    private static let received = ByteBuffer(string: WebhookAnswer.received.text)

    private func answer(_ answer: WebhookAnswer, to request: WebhookRequest, _ context: ChannelHandlerContext) {
        receiver.metrics.answered(answer, request.type, since: request.arrival)
        guard context.channel.isActive else { return }
        let text = answer == .received ? Self.received : ByteBuffer(string: answer.text)
        var headers = HTTPHeaders([
            ("content-type", "text/plain; charset=utf-8"), ("content-length", String(text.readableBytes)),
            ("date", date.now),
        ])
        if case .unavailable = answer { headers.add(name: "retry-after", value: "2") }
        let closes = request.closes || quiesces
        if closes { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
        if closes {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
                bound.value.close(mode: .output, promise: nil)
            }
        } else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        exchange.answered()
        lastActive = context.eventLoop.now
        resume(context)
        if quiesces, !exchange.isOurs { passOnQuiescing(context) }
    }

    /// Goes on with what had to wait.
    private func resume(_ context: ChannelHandlerContext) {
        var passed = false
        while !exchange.isAnswering, let part = held.popFirst() {
            take(part, context)
            passed = true
        }
        if passed { context.fireChannelReadComplete() }
        if readIsHeld, held.isEmpty {
            readIsHeld = false
            context.read()
        }
    }
}

// MARK: The connection's end

extension WebhookHandler {
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, exchange.isOurs {
            quiesces = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Who lets requests through knows when to close.
    private func passOnQuiescing(_ context: ChannelHandlerContext) {
        quiesces = false
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastActive = context.eventLoop.now
        if context.channel.isActive { checkIdle(context, in: idleTimeout) }
    }

    func channelActive(context: ChannelHandlerContext) {
        lastActive = context.eventLoop.now
        checkIdle(context, in: idleTimeout)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        idleCheck?.cancel()
        idleCheck = nil
    }

    private func checkIdle(_ context: ChannelHandlerContext, in delay: TimeAmount) {
        guard idleCheck == nil else { return }
        idleCheck = context.eventLoop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: delay) { [self] in
            idleCheck = nil
            let idle = context.eventLoop.now - lastActive
            if exchange.isOwingAnswer {
                checkIdle(context, in: idleTimeout)
            } else if idle >= idleTimeout {
                context.close(promise: nil)
            } else {
                checkIdle(context, in: idleTimeout - idle)
            }
        }
    }
}

@available(*, unavailable)
extension WebhookHandler: Sendable {}
