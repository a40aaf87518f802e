import CRabbitMQ
import Logging

extension ConnectionLoop {
    func submit(_ ticket: TopologyTicket) {
        guard link != nil else {
            ticket.end(.failure(.unavailable("the connection was lost")))
            return
        }
        if !requests.submit(ticket, deadline: ticket.deadline) {
            ticket.end(.failure(.unavailable("too many requests wait for the broker")))
        }
    }

    /// Sends the next request when the previous one is answered.
    func stepRequests() {
        guard link != nil else { return }
        while true {
            switch requests.step(at: now) {
            case .none, .abandonChannel:
                return
            case .openChannel:
                guard let channel = acquireChannel(.topology) else { return }
                topologyChannel = channel
                write { (writer) throws(FrameWriter.EncodingFault) in
                    try writer.method(UInt32(AMQP_CHANNEL_OPEN_METHOD), channel: channel, amqp_channel_open_t())
                }
            case .send:
                guard let ticket = requests.current else { return }
                let channel = topologyChannel
                let written = write { (writer) throws(FrameWriter.EncodingFault) in
                    try writer.request(ticket.request, channel: channel)
                }
                if !written {
                    _ = requests.answered()
                    ticket.end(.failure(.invalid("\(ticket.request.summary): it does not fit a frame")))
                }
            }
        }
    }

    func expireRequests() {
        guard now >= requests.nextDeadline else { return }
        var expired: [TopologyTicket] = []
        if requests.expire(at: now, into: &expired) == .abandonChannel { closeChannel(topologyChannel) }
        for ticket in expired { ticket.end(.failure(.timedOut(ticket.request.summary))) }
    }

    func topologyAnswered(_ reply: TopologyReply) {
        requests.answered()?.end(.success(reply))
    }

    func topologyClosed(_ error: BrokerError) {
        guard let ticket = requests.channelClosed() else { return }
        ticket.end(.failure(error))
    }
}

extension FrameWriter {
    func request(_ request: TopologyRequest, channel: UInt16) throws(EncodingFault) {
        switch request {
        case .declareExchange(let exchange): try declare(exchange, channel: channel)
        case .deleteExchange(let name):
            var fields = amqp_exchange_delete_t()
            fields.exchange = bytes(name)
            try method(UInt32(AMQP_EXCHANGE_DELETE_METHOD), channel: channel, fields)
        case .declareQueue(let queue): try declare(queue, channel: channel)
        case .inspectQueue(let name):
            var fields = amqp_queue_declare_t()
            fields.queue = bytes(name)
            fields.passive = 1
            try method(UInt32(AMQP_QUEUE_DECLARE_METHOD), channel: channel, fields)
        case .deleteQueue(let name):
            var fields = amqp_queue_delete_t()
            fields.queue = bytes(name)
            try method(UInt32(AMQP_QUEUE_DELETE_METHOD), channel: channel, fields)
        case .purgeQueue(let name):
            var fields = amqp_queue_purge_t()
            fields.queue = bytes(name)
            try method(UInt32(AMQP_QUEUE_PURGE_METHOD), channel: channel, fields)
        case .bind(let binding): try bind(binding, queue: binding.queue, channel: channel)
        case .unbind(let binding):
            var fields = amqp_queue_unbind_t()
            fields.queue = bytes(binding.queue)
            fields.exchange = bytes(binding.exchange)
            fields.routing_key = bytes(binding.routingKey)
            try method(UInt32(AMQP_QUEUE_UNBIND_METHOD), channel: channel, fields)
        }
    }

    func declare(_ exchange: ExchangeDeclaration, channel: UInt16) throws(EncodingFault) {
        var fields = amqp_exchange_declare_t()
        fields.exchange = bytes(exchange.name)
        fields.type = bytes(exchange.kind.rawValue)
        fields.durable = exchange.durable ? 1 : 0
        try method(UInt32(AMQP_EXCHANGE_DECLARE_METHOD), channel: channel, fields)
    }

    func declare(_ queue: QueueDeclaration, channel: UInt16) throws(EncodingFault) {
        var fields = amqp_queue_declare_t()
        fields.queue = bytes(queue.name)
        fields.durable = queue.durable ? 1 : 0
        fields.exclusive = queue.exclusive ? 1 : 0
        fields.auto_delete = queue.autoDelete ? 1 : 0
        fields.arguments = table(queue.wireArguments)
        try method(UInt32(AMQP_QUEUE_DECLARE_METHOD), channel: channel, fields)
    }

    func bind(_ binding: Binding, queue: String, channel: UInt16) throws(EncodingFault) {
        var fields = amqp_queue_bind_t()
        fields.queue = bytes(queue)
        fields.exchange = bytes(binding.exchange)
        fields.routing_key = bytes(binding.routingKey)
        try method(UInt32(AMQP_QUEUE_BIND_METHOD), channel: channel, fields)
    }
}
