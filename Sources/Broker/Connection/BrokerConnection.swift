import CoreMetrics
import Logging
import Synchronization

/// One connection to the broker, from outside its thread.
final class BrokerConnection: Sendable {
    let status = Observed(ConnectionStatus())
    private let mailbox: Mailbox
    private let waker: Waker
    private let configuration: BrokerConfiguration
    private let publishes: Bool
    private let counters: BrokerCounters
    private let metrics: ConnectionMetrics
    private let logger: Logger
    private let generatedIDs = Atomic<Int>(0)

    /// - Parameters:
    ///   - name: distinguishes the client's connections, for RabbitMQ's list and in metrics.
    ///   - publishes: whether it has a publishing channel; it is open only once that is.
    init(
        name: String, configuration: BrokerConfiguration, publishes: Bool, counters: BrokerCounters,
        metrics factory: any MetricsFactory, logger: Logger
    ) throws(BrokerError) {
        var configuration = configuration
        configuration.connectionName += ":\(name)"
        self.configuration = configuration
        self.publishes = publishes
        self.counters = counters
        metrics = ConnectionMetrics(name: name, publishes: publishes, factory: factory)
        self.logger = logger
        waker = try Waker()
        mailbox = Mailbox(waker: waker, configuration: configuration)
    }

    /// Starts the thread. Once.
    func start() throws(BrokerError) {
        let (configuration, publishes, mailbox, waker) = (configuration, publishes, mailbox, waker)
        let (status, counters, metrics, logger) = (status, counters, metrics, logger)
        try DedicatedThread.start(name: publishes ? "amqp-publish" : "amqp-consume") {
            ConnectionLoop(
                configuration: configuration, publishes: publishes, mailbox: mailbox, waker: waker,
                status: status, counters: counters, metrics: metrics, logger: logger
            ).run()
        }
    }

    /// Returns when the message is confirmed.
    func publish(_ message: consuming OutgoingMessage, timeout: Duration) async throws(PublishFailure) {
        let ready = try prepare(message)
        let submitted = MonotonicTime.now()
        let deadline = deadline(from: submitted, in: timeout)
        let (mailbox, counters) = (mailbox, counters)
        let outcome = await withUnsafeContinuation { (continuation: UnsafeContinuation<PublishOutcome, Never>) in
            let request = PublishRequest(
                message: ready, submitted: submitted, deadline: deadline, waiter: .one(continuation))
            if let refusal = mailbox.publish(request) {
                counters.count(refusal.outcome)
                request.end(refusal.outcome)
            }
        }
        try outcome.check()
    }

    /// Publishes all of them in this order; returns when all are confirmed, throws when all have ended and one was not.
    func publish(_ messages: [OutgoingMessage], timeout: Duration) async throws(PublishFailure) {
        let failure = await withUnsafeContinuation { (continuation: UnsafeContinuation<PublishFailure?, Never>) in
            publish(messages, timeout: timeout) { continuation.resume(returning: $0) }
        }
        if let failure { throw failure }
    }

    /// The same for callers that are no task; `whenDone` is called once, on any thread, and must not block.
    func publish(
        _ messages: [OutgoingMessage], timeout: Duration, whenDone: @escaping @Sendable (PublishFailure?) -> Void
    ) {
        guard !messages.isEmpty else { return whenDone(nil) }
        var ready: [OutgoingMessage] = []
        ready.reserveCapacity(messages.count)
        do throws(PublishFailure) {
            for message in messages { ready.append(try prepare(message)) }
        } catch {
            return whenDone(error)
        }
        let submitted = MonotonicTime.now()
        let deadline = deadline(from: submitted, in: timeout)
        let end: @Sendable (PublishOutcome) -> Void = { whenDone($0.failure) }
        let waiter: PublishWaiter =
            ready.count == 1 ? .callback(end) : .batch(PublishBatch(count: ready.count, whenDone: end))
        let requests = ready.map {
            PublishRequest(message: $0, submitted: submitted, deadline: deadline, waiter: waiter)
        }
        if let refusal = mailbox.publish(requests, bytes: ready.reduce(0) { $0 + $1.body.count }) {
            for request in requests {
                counters.count(refusal.outcome)
                request.end(refusal.outcome)
            }
        }
    }

    private func prepare(_ message: consuming OutgoingMessage) throws(PublishFailure) -> OutgoingMessage {
        if message.body.count > configuration.maximumBody { throw .tooLarge(limit: configuration.maximumBody) }
        if let fault = message.fault { throw .invalid(fault) }
        if message.mandatory, message.messageID == nil {
            // What tells a returned message from its neighbours.
            let number = generatedIDs.wrappingAdd(1, ordering: .relaxed).newValue
            message.messageID = "local-\(number)"
        }
        return message
    }

    /// Rounded up to 16 ms, so that a burst of deadlines expires in one go.
    private func deadline(from start: MonotonicTime, in timeout: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: (start + timeout).nanoseconds | 0xff_ffff)
    }

    func request(_ request: TopologyRequest, timeout: Duration) async throws(BrokerError) -> TopologyReply {
        if let fault = request.fault { throw .invalid(fault) }
        let deadline = MonotonicTime.now() + timeout
        let mailbox = mailbox
        let result = await withCheckedContinuation { continuation in
            let ticket = TopologyTicket(request: request, deadline: deadline, continuation: continuation)
            if let reason = mailbox.request(ticket) { ticket.end(.failure(.unavailable(reason))) }
        }
        return try result.get()
    }

    /// Hands a command over; false once the connection is closed for good.
    @discardableResult
    func post(_ command: Command) -> Bool { mailbox.post(command) }

    /// Takes nothing new, lets what is under way end within the bound, closes. Gives whether the thread is gone.
    @discardableResult
    func close(within bound: Duration) async -> Bool {
        guard post(.close(within: bound)) else { return true }
        // Beyond the bound: the goodbye itself, and a thread that is still busy connecting.
        return await status.wait(within: bound + .seconds(2)) { $0.phase == .closed }
    }
}

extension PublishOutcome {
    fileprivate func check() throws(PublishFailure) {
        if let failure { throw failure }
    }

    /// Nil where it was confirmed.
    fileprivate var failure: PublishFailure? {
        switch self {
        case .confirmed: nil
        case .returned(let code, let reason): .returned(code: code, reason: reason)
        case .refused: .refused
        case .timedOut: .timedOut
        case .unavailable(let reason): .unavailable(reason)
        case .overloaded: .overloaded
        case .invalid(let reason): .invalid(reason)
        }
    }
}
