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
    private let logger: Logger
    private let generatedIDs = Atomic<Int>(0)

    /// - Parameter publishes: whether it has a publishing channel; it is open only once that is.
    init(
        configuration: BrokerConfiguration, publishes: Bool, counters: BrokerCounters, logger: Logger
    ) throws(BrokerError) {
        self.configuration = configuration
        self.publishes = publishes
        self.counters = counters
        self.logger = logger
        waker = try Waker()
        mailbox = Mailbox(waker: waker, configuration: configuration)
    }

    /// Starts the thread. Once.
    func start() throws(BrokerError) {
        let (configuration, publishes, mailbox, waker) = (configuration, publishes, mailbox, waker)
        let (status, counters, logger) = (status, counters, logger)
        try DedicatedThread.start(name: publishes ? "amqp-publish" : "amqp-consume") {
            ConnectionLoop(
                configuration: configuration, publishes: publishes, mailbox: mailbox, waker: waker,
                status: status, counters: counters, logger: logger
            ).run()
        }
    }

    /// Gives how the publish ended, or why it was not even tried.
    func publish(_ message: consuming OutgoingMessage, timeout: Duration) async throws(PublishError) {
        if let fault = message.fault(maximumBody: configuration.maximumBody) { throw .invalid(fault) }
        if message.mandatory, message.messageID == nil {
            // What tells a returned message from its neighbours.
            let number = generatedIDs.wrappingAdd(1, ordering: .relaxed).newValue
            message.messageID = "local-\(number)"
        }
        // Deadlines are rounded up to 16 ms, so that a burst of them expires in one go.
        let deadline = MonotonicTime(nanoseconds: (MonotonicTime.now() + timeout).nanoseconds | 0xff_ffff)
        let ready = message
        let mailbox = mailbox
        let outcome = await withUnsafeContinuation { (continuation: UnsafeContinuation<PublishOutcome, Never>) in
            let request = PublishRequest(message: ready, deadline: deadline, continuation: continuation)
            switch mailbox.publish(request) {
            case nil: break
            case .overloaded?: request.end(.overloaded)
            case .unavailable(let reason)?: request.end(.unavailable(reason))
            }
        }
        switch outcome {
        case .confirmed: return
        case .returned(let code, let reason): throw .returned(code: code, reason: reason)
        case .refused: throw .refused
        case .timedOut: throw .timedOut
        case .unavailable(let reason): throw .unavailable(reason)
        case .overloaded: throw .overloaded
        case .invalid(let reason): throw .invalid(reason)
        }
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
