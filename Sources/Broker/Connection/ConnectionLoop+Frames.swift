import CRabbitMQ
import Glibc
import Logging

extension ConnectionLoop {
    // MARK: Channels

    /// A free channel number, now owned; nil where the connection has no more.
    func acquireChannel(_ owner: ChannelOwner) -> UInt16? {
        let limit = link?.channelMax ?? 0
        for (number, current) in channels.enumerated() {
            if case .free = current {
                channels[number] = owner
                return UInt16(number)
            }
        }
        guard channels.count <= min(limit, 2047) else { return nil }
        channels.append(owner)
        return UInt16(channels.count - 1)
    }

    /// Asks for the channel's end without waiting for it; what still arrives on it is ignored.
    func closeChannel(_ channel: UInt16) {
        guard channel != 0, Int(channel) < channels.count else { return }
        channels[Int(channel)] = .closing
        write { (writer) throws(FrameWriter.EncodingFault) in
            var fields = amqp_channel_close_t()
            fields.reply_code = UInt16(AMQP_REPLY_SUCCESS)
            fields.reply_text = writer.bytes("done")
            try writer.method(UInt32(AMQP_CHANNEL_CLOSE_METHOD), channel: channel, fields)
        }
    }

    /// Runs `body` where there is a connection to write to; false where there is none or a frame does not fit.
    @discardableResult
    func write(_ body: (FrameWriter) throws(FrameWriter.EncodingFault) -> Void) -> Bool {
        guard let link else { return false }
        do throws(FrameWriter.EncodingFault) {
            try body(link.writer)
            return true
        } catch {
            logger.error("A frame could not be encoded.", metadata: ["status": "\(error.status)"])
            return false
        }
    }

    // MARK: Frames

    func handle(_ frame: amqp_frame_t) throws(Fault) {
        let channel = Int(frame.channel)
        guard channel < channels.count else { throw Fault("a frame on a channel that is not open") }
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            guard let fields = frame.payload.method.decoded else { throw Fault("a method without fields") }
            if channel == 0 {
                try handleConnection(frame.payload.method.id, fields)
            } else {
                try handle(frame.payload.method.id, fields, on: frame.channel)
            }
        case AMQP_FRAME_HEADER:
            try handleHeader(frame)
        case AMQP_FRAME_BODY:
            let bytes = frame.payload.body_fragment
            try handleBody(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), on: channel)
        default:
            break
        }
    }

    private func handleConnection(_ method: UInt32, _ fields: UnsafeMutableRawPointer) throws(Fault) {
        switch method {
        case UInt32(AMQP_CONNECTION_BLOCKED_METHOD):
            setBlocked(String(fields.load(as: amqp_connection_blocked_t.self).reason))
        case UInt32(AMQP_CONNECTION_UNBLOCKED_METHOD):
            setBlocked(nil)
        case UInt32(AMQP_CONNECTION_CLOSE_METHOD):
            let close = fields.load(as: amqp_connection_close_t.self)
            let reason = "\(close.reply_code) \(String(close.reply_text))"
            write { (writer) throws(FrameWriter.EncodingFault) in
                try writer.method(UInt32(AMQP_CONNECTION_CLOSE_OK_METHOD), channel: 0, amqp_connection_close_ok_t())
            }
            _ = try link?.flush()
            throw Fault("the broker closed the connection: \(reason)")
        default:
            throw Fault("an unexpected method on channel 0")
        }
    }

    private func handle(_ method: UInt32, _ fields: UnsafeMutableRawPointer, on channel: UInt16) throws(Fault) {
        let owner = channels[Int(channel)]
        if method == UInt32(AMQP_CHANNEL_CLOSE_METHOD) {
            let close = fields.load(as: amqp_channel_close_t.self)
            closed(channel, owner, .refused(code: Int(close.reply_code), text: String(close.reply_text)))
            return
        }
        switch owner {
        case .free: throw Fault("a method on a channel that is not open")
        case .closing:
            if method == UInt32(AMQP_CHANNEL_CLOSE_OK_METHOD) { channels[Int(channel)] = .free }
        case .publisher: try handlePublisher(method, fields)
        case .topology: handleTopology(method, fields)
        case .consumer(let session): try handle(method, fields, of: session)
        }
    }

    private func closed(_ channel: UInt16, _ owner: ChannelOwner, _ error: BrokerError) {
        write { (writer) throws(FrameWriter.EncodingFault) in
            try writer.method(UInt32(AMQP_CHANNEL_CLOSE_OK_METHOD), channel: channel, amqp_channel_close_ok_t())
        }
        // Where both sides closed at once, the answer to ours is still to come.
        if case .closing = owner { return }
        channels[Int(channel)] = .free
        switch owner {
        case .publisher: publisherClosed(error)
        case .topology: topologyClosed(error)
        case .consumer(let session): consumerClosed(session, error)
        case .free, .closing: break
        }
    }

    private func handlePublisher(_ method: UInt32, _ fields: UnsafeMutableRawPointer) throws(Fault) {
        switch method {
        case UInt32(AMQP_BASIC_ACK_METHOD):
            let ack = fields.load(as: amqp_basic_ack_t.self)
            try confirmed(ack.delivery_tag, multiple: ack.multiple != 0, positive: true)
        case UInt32(AMQP_BASIC_NACK_METHOD):
            let nack = fields.load(as: amqp_basic_nack_t.self)
            try confirmed(nack.delivery_tag, multiple: nack.multiple != 0, positive: false)
        case UInt32(AMQP_BASIC_RETURN_METHOD):
            let back = fields.load(as: amqp_basic_return_t.self)
            let envelope = ReturnEnvelope(
                code: Int(back.reply_code), reason: String(back.reply_text), exchange: String(back.exchange),
                routingKey: String(back.routing_key))
            try ordered { () throws(ContentAssembler<ReturnEnvelope>.Disorder) in try returns.begin(envelope) }
        case UInt32(AMQP_CHANNEL_OPEN_OK_METHOD): break
        case UInt32(AMQP_CONFIRM_SELECT_OK_METHOD): publisherSelected()
        default: throw Fault("an unexpected method on the publishing channel")
        }
    }

    private func handleTopology(_ method: UInt32, _ fields: UnsafeMutableRawPointer) {
        switch method {
        case UInt32(AMQP_CHANNEL_OPEN_OK_METHOD):
            requests.channelOpened()
        case UInt32(AMQP_QUEUE_DECLARE_OK_METHOD):
            let answer = fields.load(as: amqp_queue_declare_ok_t.self)
            topologyAnswered(
                .queue(
                    QueueDepth(
                        name: String(answer.queue), messages: Int(answer.message_count),
                        consumers: Int(answer.consumer_count))))
        case UInt32(AMQP_QUEUE_DELETE_OK_METHOD):
            topologyAnswered(.count(Int(fields.load(as: amqp_queue_delete_ok_t.self).message_count)))
        case UInt32(AMQP_QUEUE_PURGE_OK_METHOD):
            topologyAnswered(.count(Int(fields.load(as: amqp_queue_purge_ok_t.self).message_count)))
        default:
            topologyAnswered(.done)
        }
    }

    private func handle(
        _ method: UInt32, _ fields: UnsafeMutableRawPointer, of session: ConsumerSession
    ) throws(Fault) {
        switch method {
        case UInt32(AMQP_BASIC_DELIVER_METHOD):
            let delivery = fields.load(as: amqp_basic_deliver_t.self)
            let envelope = DeliveryEnvelope(
                tag: delivery.delivery_tag, exchange: String(delivery.exchange),
                routingKey: String(delivery.routing_key), redelivered: delivery.redelivered != 0)
            try ordered { () throws(ContentAssembler<DeliveryEnvelope>.Disorder) in
                try session.assembler.begin(envelope)
            }
        case UInt32(AMQP_BASIC_CANCEL_METHOD):
            interrupt(session, .refused(code: 404, text: "the broker cancelled the consumer of \(session.queue)"))
        case UInt32(AMQP_BASIC_CANCEL_OK_METHOD):
            cancelConfirmed(session)
        case UInt32(AMQP_QUEUE_DECLARE_OK_METHOD):
            session.queue = String(fields.load(as: amqp_queue_declare_ok_t.self).queue)
            stepDone(session)
        default:
            stepDone(session)
        }
    }

    private func handleHeader(_ frame: amqp_frame_t) throws(Fault) {
        let header = frame.payload.properties
        switch channels[Int(frame.channel)] {
        case .closing: break
        case .free, .topology: throw Fault("content on a channel that carries none")
        case .publisher:
            let result = try ordered { () throws(ContentAssembler<ReturnEnvelope>.Disorder) in
                try returns.header(size: header.body_size) {
                    $0.messageID = ContentProperties(header.decoded).messageID
                }
            }
            finish(result)
        case .consumer(let session):
            let result = try ordered { () throws(ContentAssembler<DeliveryEnvelope>.Disorder) in
                try session.assembler.header(size: header.body_size) {
                    let properties = ContentProperties(header.decoded)
                    $0.messageID = properties.messageID
                    $0.contentType = properties.contentType
                    $0.headers = properties.headers
                }
            }
            try finish(result, for: session)
        }
    }

    private func handleBody(_ bytes: UnsafeRawBufferPointer, on channel: Int) throws(Fault) {
        switch channels[channel] {
        case .closing: break
        case .free, .topology: throw Fault("content on a channel that carries none")
        case .publisher:
            finish(
                try ordered { () throws(ContentAssembler<ReturnEnvelope>.Disorder) in try returns.body(bytes) })
        case .consumer(let session):
            let result = try ordered { () throws(ContentAssembler<DeliveryEnvelope>.Disorder) in
                try session.assembler.body(bytes)
            }
            try finish(result, for: session)
        }
    }

    private func finish(_ result: ContentAssembler<ReturnEnvelope>.Result) {
        switch result {
        case .partial: break
        case .complete(let envelope, _), .oversized(let envelope, _): returned(envelope)
        }
    }

    private func finish(
        _ result: ContentAssembler<DeliveryEnvelope>.Result, for session: ConsumerSession
    ) throws(Fault) {
        switch result {
        case .partial: break
        case .complete(let envelope, let body): try delivered(envelope, body, to: session)
        case .oversized(let envelope, let size): try deliveredTooMuch(envelope, size: size, to: session)
        }
    }

    private func ordered<Value, Disorder: Error>(
        _ body: () throws(Disorder) -> Value
    ) throws(Fault) -> Value {
        do throws(Disorder) { return try body() } catch { throw Fault("content frames out of order") }
    }

    // MARK: Closing and waiting

    func sendConnectionClose() throws(Fault) {
        write { (writer) throws(FrameWriter.EncodingFault) in
            var fields = amqp_connection_close_t()
            fields.reply_code = UInt16(AMQP_REPLY_SUCCESS)
            fields.reply_text = writer.bytes("goodbye")
            try writer.method(UInt32(AMQP_CONNECTION_CLOSE_METHOD), channel: 0, fields)
        }
    }

    static func isCloseOK(_ frame: amqp_frame_t) -> Bool {
        Int32(frame.frame_type) == AMQP_FRAME_METHOD
            && frame.payload.method.id == UInt32(AMQP_CONNECTION_CLOSE_OK_METHOD)
    }

    /// Sleeps until the socket is ready, somebody wakes the thread, or the time has come.
    ///
    /// - Returns: whether something happened at the socket.
    @discardableResult
    static func poll(_ socket: Int32?, writing: Bool, waker: Waker?, until deadline: MonotonicTime) -> Bool {
        var descriptors = (
            pollfd(fd: waker?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket ?? -1, events: Int16(POLLIN) | (writing ? Int16(POLLOUT) : 0), revents: 0)
        )
        var timeout: Int32 = -1
        if deadline != .distantFuture {
            let nanoseconds = max((deadline - .now()).nanoseconds, 0)
            timeout = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
        }
        _ = withUnsafeMutablePointer(to: &descriptors) {
            $0.withMemoryRebound(to: pollfd.self, capacity: 2) { Glibc.poll($0, 2, timeout) }
        }
        if descriptors.0.revents != 0 { waker?.clear() }
        return descriptors.1.revents != 0
    }
}
