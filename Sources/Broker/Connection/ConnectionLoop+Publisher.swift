import CRabbitMQ
import Logging

/// What a returned message tells about itself.
struct ReturnEnvelope {
    let code: Int
    let reason: String
    let exchange: String
    let routingKey: String
    var messageID: String?
}

extension ConnectionLoop {
    var canPublish: Bool {
        guard case .ready = publisher else { return false }
        return blocked == nil
    }

    /// Opens the channel for publishes and switches confirms on, in one go.
    func openPublisher() {
        guard let channel = acquireChannel(.publisher) else { return }
        publisher = .opening(channel, deadline: now + configuration.requestTimeout)
        returns = ContentAssembler(limit: 0)
        write { (writer) throws(FrameWriter.EncodingFault) in
            try writer.method(UInt32(AMQP_CHANNEL_OPEN_METHOD), channel: channel, amqp_channel_open_t())
            try writer.method(UInt32(AMQP_CONFIRM_SELECT_METHOD), channel: channel, amqp_confirm_select_t())
        }
    }

    func publisherSelected() {
        guard case .opening(let channel, _) = publisher else { return }
        publisher = .ready(channel)
        if !status.value.isOpen { cameUp() }
    }

    /// The broker closed the channel: what was on it fails, the rest goes on a new one.
    func publisherClosed(_ error: BrokerError) {
        counters.add(.channelsLost)
        logger.warning("The broker closed the publishing channel.", metadata: ["reason": "\(error)"])
        guard case .ready = publisher else {
            lose(error)
            return
        }
        publisher = .none
        window.reset(.unavailable(error.description), into: &outcomes)
        openPublisher()
    }

    func submit(_ request: PublishRequest) {
        guard link != nil else {
            outcomes.append((request, .unavailable("the connection was lost")))
            return
        }
        let message = request.message
        var key: ReturnKey?
        if message.mandatory, let id = message.messageID {
            key = ReturnKey(exchange: message.exchange, routingKey: message.routingKey, messageID: id)
        }
        window.submit(request, bytes: message.body.count, deadline: request.deadline, key: key)
    }

    /// Encodes what the window lets go; gives how many that was.
    func sendPublishes() -> Int {
        guard let link, blocked == nil, case .ready(let channel) = publisher else { return 0 }
        var count = 0
        while link.writer.count < 512 << 10, let request = window.next() {
            count += 1
            do throws(FrameWriter.EncodingFault) {
                try link.writer.publish(request.message, channel: channel, bodyFrame: link.bodyFrame)
            } catch {
                window.withdraw(.invalid("it cannot be encoded (status \(error.status))"), into: &outcomes)
            }
        }
        if count > 0 { counters.add(.published, count) }
        return count
    }

    func confirmed(_ number: UInt64, multiple: Bool, positive: Bool) throws(Fault) {
        guard window.settle(number, multiple: multiple, positive: positive, into: &outcomes) else {
            throw Fault("the broker confirmed a message that was never sent")
        }
    }

    func returned(_ envelope: ReturnEnvelope) {
        let key = ReturnKey(
            exchange: envelope.exchange, routingKey: envelope.routingKey, messageID: envelope.messageID ?? "")
        if !window.returned(key, code: envelope.code, reason: envelope.reason) {
            logger.warning(
                "The broker returned a message that nobody waits for.",
                metadata: ["routingKey": "\(envelope.routingKey)", "reason": "\(envelope.reason)"])
        }
    }

    func setBlocked(_ reason: String?) {
        blocked = reason
        status.update { $0.blocked = reason }
        if let reason {
            logger.warning("The broker takes no publishes for now.", metadata: ["reason": "\(reason)"])
        } else {
            logger.info("The broker takes publishes again.")
        }
    }
}
