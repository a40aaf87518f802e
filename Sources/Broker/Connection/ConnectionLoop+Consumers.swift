import CRabbitMQ
import Logging

extension ConnectionLoop {
    func add(_ registration: ConsumerRegistration) {
        let session = ConsumerSession(registration, configuration: configuration)
        sessions[session.id] = session
        if link != nil, status.value.isOpen { perform(session.machine.connectionUp(), for: session) }
    }

    func cancel(_ id: ConsumerID) {
        guard let session = sessions[id] else { return }
        perform(session.machine.cancel(at: now), for: session)
    }

    func release(_ id: ConsumerID) {
        guard let session = sessions[id] else { return }
        perform(session.machine.close(), for: session)
    }

    /// Does what a consumer's machine asks for, until it asks for nothing more.
    func perform(_ first: ConsumerMachine.Action, for session: ConsumerSession) {
        consumerCheck = nil
        switch first {
        case .none, .wait:
            break
        case .acquireChannel:
            guard let channel = acquireChannel(.consumer(session)) else {
                logger.error("No channel is left for a consumer.", metadata: ["queue": "\(session.queue)"])
                _ = session.machine.begin(at: now)
                _ = session.machine.channelClosed(at: now, using: &random)
                break
            }
            channelEpoch += 1
            session.begin(channel: channel, epoch: channelEpoch, maximumBody: configuration.maximumBody)
            perform(session.machine.begin(at: now), for: session)
        case .perform(let step):
            let written = write { (writer) throws(FrameWriter.EncodingFault) in
                try writer.perform(step, for: session)
            }
            if !written { interrupt(session, .invalid("a frame for queue \(session.queue) is too large")) }
        case .established:
            session.onEvent(.established(queue: session.queue))
        case .sendCancel:
            write { (writer) throws(FrameWriter.EncodingFault) in
                var fields = amqp_basic_cancel_t()
                fields.consumer_tag = writer.bytes(session.tag)
                try writer.method(UInt32(AMQP_BASIC_CANCEL_METHOD), channel: session.channel, fields)
            }
        case .cancelled:
            session.onEvent(.finished)
        case .closeChannel:
            flushAcks(of: session)
            closeChannel(session.channel)
            session.channel = 0
        }
        if session.machine.isFinished, sessions.removeValue(forKey: session.id) != nil {
            session.onEvent(.finished)
        }
    }

    /// The broker answered a step of the set-up.
    func stepDone(_ session: ConsumerSession) {
        perform(session.machine.stepDone(at: now), for: session)
    }

    func cancelConfirmed(_ session: ConsumerSession) {
        perform(session.machine.cancelConfirmed(outstanding: session.ledger.outstanding), for: session)
    }

    /// The broker closed this consumer's channel.
    func consumerClosed(_ session: ConsumerSession, _ error: BrokerError) {
        counters.add(.channelsLost)
        logger.warning(
            "The broker closed a consumer's channel.",
            metadata: ["queue": "\(session.queue)", "reason": "\(error)"])
        session.channel = 0
        session.epoch = 0
        perform(session.machine.channelClosed(at: now, using: &random), for: session)
        if sessions[session.id] != nil { session.onEvent(.interrupted(error)) }
    }

    /// Its queue is gone, or a step cannot be sent: a new channel is tried later.
    func interrupt(_ session: ConsumerSession, _ error: BrokerError) {
        logger.warning("A consumer was interrupted.", metadata: ["queue": "\(session.queue)", "reason": "\(error)"])
        perform(session.machine.cancelledByBroker(at: now, using: &random), for: session)
        session.epoch = 0
        if sessions[session.id] != nil { session.onEvent(.interrupted(error)) }
    }

    func connectionLost(_ session: ConsumerSession, _ error: BrokerError) {
        let hadChannel = session.channel != 0
        session.channel = 0
        session.epoch = 0
        session.dirty = false
        session.machine.connectionLost()
        perform(.none, for: session)
        if hadChannel, sessions[session.id] != nil { session.onEvent(.interrupted(error)) }
    }

    // MARK: Deliveries

    func delivered(_ envelope: DeliveryEnvelope, _ body: [UInt8], to session: ConsumerSession) throws(Fault) {
        try note(envelope.tag, session)
        counters.add(.delivered)
        session.handler(
            IncomingMessage(
                envelope: envelope, body: body, consumer: session.id, epoch: session.epoch,
                mailbox: session.specification.withoutAcknowledgement ? nil : mailbox))
    }

    func deliveredTooMuch(
        _ envelope: DeliveryEnvelope, size: UInt64, to session: ConsumerSession
    ) throws(Fault) {
        try note(envelope.tag, session)
        logger.error(
            "Rejected a message larger than the limit.",
            metadata: ["queue": "\(session.queue)", "bytes": "\(size)", "id": "\(envelope.messageID ?? "")"])
        guard !session.specification.withoutAcknowledgement else { return }
        settle(Settlement(consumer: session.id, epoch: session.epoch, tag: envelope.tag, verdict: .discard))
    }

    private func note(_ tag: UInt64, _ session: ConsumerSession) throws(Fault) {
        guard !session.specification.withoutAcknowledgement else { return }
        guard session.ledger.delivered(tag) else { throw Fault("delivery tags out of order") }
    }

    // MARK: Settling

    func settle(_ settlement: Settlement) {
        guard let session = sessions[settlement.consumer], session.epoch == settlement.epoch, session.channel != 0
        else {
            counters.add(.staleSettlements)
            return
        }
        switch settlement.verdict {
        case .acknowledge:
            guard session.ledger.acknowledge(settlement.tag) else { return }
            counters.add(.acknowledged)
            if !session.dirty {
                session.dirty = true
                dirtySessions.append(session)
            }
        case .requeue, .discard:
            guard session.ledger.refuse(settlement.tag) else { return }
            counters.add(.rejected)
            write { (writer) throws(FrameWriter.EncodingFault) in
                var fields = amqp_basic_reject_t()
                fields.delivery_tag = settlement.tag
                fields.requeue = settlement.verdict == .requeue ? 1 : 0
                try writer.method(UInt32(AMQP_BASIC_REJECT_METHOD), channel: session.channel, fields)
            }
        }
        let outstanding = session.ledger.outstanding
        if outstanding == 0, session.machine.state == .draining {
            perform(session.machine.settled(outstanding: outstanding), for: session)
        }
    }

    func flushAcks() {
        guard !dirtySessions.isEmpty else { return }
        for session in dirtySessions { flushAcks(of: session) }
        dirtySessions.removeAll(keepingCapacity: true)
    }

    private func flushAcks(of session: ConsumerSession) {
        guard session.dirty, session.channel != 0 else { return }
        session.dirty = false
        acks.removeAll(keepingCapacity: true)
        session.ledger.flush(into: &acks)
        for ack in acks {
            write { (writer) throws(FrameWriter.EncodingFault) in
                var fields = amqp_basic_ack_t()
                fields.delivery_tag = ack.tag
                fields.multiple = ack.multiple ? 1 : 0
                try writer.method(UInt32(AMQP_BASIC_ACK_METHOD), channel: session.channel, fields)
            }
        }
    }

    // MARK: Time

    var nextConsumerCheck: MonotonicTime {
        if let consumerCheck { return consumerCheck }
        let earliest = sessions.values.lazy.map(\.machine.nextDeadline).min() ?? .distantFuture
        consumerCheck = earliest
        return earliest
    }

    func tickConsumers() {
        guard now >= nextConsumerCheck else { return }
        for session in Array(sessions.values) where now >= session.machine.nextDeadline {
            let settingUp = session.machine.currentStep
            let action = session.machine.tick(at: now, using: &random)
            if let settingUp, action == .closeChannel {
                let error = BrokerError.timedOut("consuming \(session.queue) (\(settingUp))")
                logger.warning("A consumer could not be set up.", metadata: ["reason": "\(error)"])
                session.onEvent(.interrupted(error))
            }
            perform(action, for: session)
        }
    }
}

extension FrameWriter {
    func perform(_ step: ConsumerMachine.Step, for session: ConsumerSession) throws(EncodingFault) {
        let specification = session.specification
        let channel = session.channel
        switch step {
        case .openChannel:
            try method(UInt32(AMQP_CHANNEL_OPEN_METHOD), channel: channel, amqp_channel_open_t())
        case .prefetch:
            var fields = amqp_basic_qos_t()
            fields.prefetch_count = UInt16(clamping: specification.prefetch)
            try method(UInt32(AMQP_BASIC_QOS_METHOD), channel: channel, fields)
        case .exchange(let index):
            try declare(specification.exchanges[index], channel: channel)
        case .queue:
            if let declaration = specification.declaration { try declare(declaration, channel: channel) }
        case .binding(let index):
            try bind(specification.bindings[index], queue: session.queue, channel: channel)
        case .consume:
            var fields = amqp_basic_consume_t()
            fields.queue = bytes(session.queue)
            fields.consumer_tag = bytes(session.tag)
            fields.no_ack = specification.withoutAcknowledgement ? 1 : 0
            fields.exclusive = specification.exclusive ? 1 : 0
            fields.arguments = table(specification.arguments)
            try method(UInt32(AMQP_BASIC_CONSUME_METHOD), channel: channel, fields)
        }
    }
}
