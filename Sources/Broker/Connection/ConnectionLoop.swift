import Logging

/// A connection's thread: performs what the machines decide. Made, run and dropped on that thread.
final class ConnectionLoop {
    typealias Fault = AMQPLink.Fault

    enum ChannelOwner {
        case free
        case publisher
        case topology
        case consumer(ConsumerSession)
        /// `channel.close` sent; the number is free again after its answer.
        case closing
    }

    enum PublisherChannel: Equatable {
        case none
        case opening(UInt16, deadline: MonotonicTime)
        case ready(UInt16)
    }

    let configuration: BrokerConfiguration
    let mailbox: Mailbox
    let waker: Waker
    let status: Observed<ConnectionStatus>
    let counters: BrokerCounters
    let metrics: ConnectionMetrics
    let logger: Logger
    let publishes: Bool

    var machine: ConnectionMachine
    var random = SystemRandomNumberGenerator()
    var link: AMQPLink?
    var heartbeat = HeartbeatMonitor(interval: .zero, now: MonotonicTime(nanoseconds: 0))
    var now = MonotonicTime.now()
    /// By channel number; 0 is the connection itself.
    var channels: [ChannelOwner] = [.closing]

    var publisher = PublisherChannel.none
    var window: PublishWindow<PublishRequest>
    var returns = ContentAssembler<ReturnEnvelope>(limit: 0)
    var outcomes: [(PublishRequest, PublishOutcome)] = []
    var blocked: String?

    var topologyChannel: UInt16 = 0
    var requests = RequestQueue<TopologyTicket>()

    var sessions: [ConsumerID: ConsumerSession] = [:]
    var dirtySessions: [ConsumerSession] = []
    var acks: [AckLedger.Ack] = []
    var channelEpoch: UInt64 = 0
    /// When the earliest of the consumers' machines wants a tick; nil: to be worked out again.
    var consumerCheck: MonotonicTime?

    private var batch = Mailbox.Batch()
    private var writeBlocked = false
    private var readMore = false
    /// False where it is known that nothing has come: spares a call.
    private var mayRead = true
    private var toldOutstanding = 0

    init(
        configuration: BrokerConfiguration, publishes: Bool, mailbox: Mailbox, waker: Waker,
        status: Observed<ConnectionStatus>, counters: BrokerCounters, metrics: ConnectionMetrics, logger: Logger
    ) {
        self.configuration = configuration
        self.publishes = publishes
        self.mailbox = mailbox
        self.waker = waker
        self.status = status
        self.counters = counters
        self.metrics = metrics
        self.logger = logger
        machine = ConnectionMachine(backoff: configuration.reconnect)
        window = PublishWindow(limits: configuration.window)
    }

    func run() {
        perform(machine.start())
        while machine.state != .closed {
            now = .now()
            takeMail()
            tick()
            do throws(Fault) {
                try write()
                try sayGoodbyeIfFlushed()
                try wait()
                try read()
            } catch {
                lose(.unavailable(error.reason))
            }
            tellOutcomes()
        }
        end()
    }

    func perform(_ action: ConnectionMachine.Action) {
        switch action {
        case .none, .wait: break
        case .connect: connect()
        case .flush: mailbox.shut("the connection is closing")
        case .disconnect: link = nil
        }
    }

    // MARK: Coming and going

    private func connect() {
        do throws(BrokerError) {
            let link = try AMQPLink(configuration: configuration)
            now = .now()
            self.link = link
            heartbeat = HeartbeatMonitor(interval: link.heartbeat, now: now)
            channels = [.closing]
            writeBlocked = false
            readMore = false
            blocked = nil
            perform(machine.connected(at: now))
            do throws(Fault) { try link.readLeftovers(handle) } catch { throw .unavailable(error.reason) }
        } catch {
            now = .now()
            lose(error)
            return
        }
        if publishes { openPublisher() } else { cameUp() }
    }

    /// The connection can be used.
    func cameUp() {
        guard let link else { return }
        if case .closing = machine.state {} else { mailbox.shut(nil) }
        counters.add(.connected)
        if status.value.epoch > 0 { counters.add(.reconnected) }
        metrics.isUp(true)
        status.update {
            $0.phase = .open
            $0.epoch += 1
            $0.serverVersion = link.serverVersion
            $0.blocked = nil
        }
        logger.info(
            "Connected to the broker.",
            metadata: ["broker": "\(configuration.url)", "version": "\(link.serverVersion)"])
        for session in sessions.values { perform(session.machine.connectionUp(), for: session) }
    }

    /// The connection is lost, or could not be made.
    func lose(_ error: BrokerError) {
        let wasOpen = link != nil
        link = nil
        let reason = error.description
        if case .closing = machine.state {} else { mailbox.shut(reason) }
        publisher = .none
        blocked = nil
        window.fail(.unavailable(reason), into: &outcomes)
        returns = ContentAssembler(limit: 0)
        topologyChannel = 0
        for ticket in requests.fail() { ticket.end(.failure(.unavailable(reason))) }
        channels = [.closing]
        dirtySessions.removeAll()
        for session in Array(sessions.values) { connectionLost(session, error) }
        if wasOpen { counters.add(.connectionsLost) }
        metrics.isUp(false)
        perform(machine.failed(at: now, using: &random))
        status.update {
            $0.phase = .down(error)
            $0.blocked = nil
        }
        logger.warning(
            wasOpen ? "Lost the broker." : "Cannot reach the broker.",
            metadata: ["broker": "\(configuration.url)", "reason": "\(reason)"])
    }

    /// Says `connection.close` once nothing is under way any more, and hears the answer for up to a second.
    private func sayGoodbyeIfFlushed() throws(Fault) {
        guard case .closing = machine.state, let link, window.isEmpty, requests.isEmpty, link.writer.count == 0
        else { return }
        try sendConnectionClose()
        let deadline = now + .seconds(1)
        while link.writer.count > 0, MonotonicTime.now() < deadline {
            if try link.flush().blocked { Self.poll(link.descriptor, writing: true, waker: nil, until: deadline) }
        }
        var answered = false
        while !answered, MonotonicTime.now() < deadline {
            Self.poll(link.descriptor, writing: false, waker: nil, until: deadline)
            _ = try link.read { frame in answered = answered || Self.isCloseOK(frame) }
        }
        perform(machine.flushed())
    }

    private func end() {
        link = nil
        let reason = "the connection is closed"
        window.fail(.unavailable(reason), into: &outcomes)
        for ticket in requests.fail() { ticket.end(.failure(.unavailable(reason))) }
        var last = Mailbox.Batch()
        mailbox.end(reason, into: &last)
        for request in last.publishes + batch.publishes { outcomes.append((request, .unavailable(reason))) }
        for command in last.commands + batch.commands {
            if case .topology(let ticket) = command { ticket.end(.failure(.unavailable(reason))) }
            if case .consume(let registration) = command { registration.onEvent(.finished) }
        }
        tellOutcomes()
        for session in sessions.values { session.onEvent(.finished) }
        sessions.removeAll()
        metrics.isUp(false)
        status.update { $0.phase = .closed }
    }

    // MARK: One turn

    private func takeMail() {
        mailbox.take(into: &batch)
        guard !batch.isEmpty else { return }
        for settlement in batch.settlements { settle(settlement) }
        for request in batch.publishes { submit(request) }
        for command in batch.commands {
            switch command {
            case .topology(let ticket): submit(ticket)
            case .consume(let registration): add(registration)
            case .cancel(let id): cancel(id)
            case .release(let id): release(id)
            case .close(let bound): perform(machine.close(at: now, within: bound))
            }
        }
        batch.removeAll()
    }

    private func tick() {
        perform(machine.tick(at: now))
        if now >= window.nextDeadline {
            let unsent = blocked.map { PublishOutcome.unavailable("the broker takes no publishes: \($0)") }
            window.expire(at: now, unsent: unsent ?? .timedOut, into: &outcomes)
        }
        expireRequests()
        if case .opening(_, let deadline) = publisher, now >= deadline {
            lose(.timedOut("opening a channel"))
        }
        tickConsumers()
    }

    /// Puts everything that may go now on the wire.
    private func write() throws(Fault) {
        guard let link else { return }
        flushAcks()
        stepRequests()
        while true {
            let count = sendPublishes()
            let (sent, blocked) = try link.flush()
            if sent { heartbeat.sent(at: now) }
            writeBlocked = blocked
            if blocked || count == 0 { break }
        }
        if link.writer.count > 64 << 20 { throw Fault("the broker reads too slowly") }
    }

    private func wait() throws(Fault) {
        tellOutcomes()
        mayRead = true
        guard machine.state != .closed, !readMore, mailbox.fallAsleep() else { return }
        guard let link else {
            Self.poll(nil, writing: false, waker: waker, until: nextDeadline)
            return
        }
        let isReady = Self.poll(link.descriptor, writing: writeBlocked, waker: waker, until: nextDeadline)
        // TLS may hold what the socket has given already.
        mayRead = isReady || link.secure
    }

    private func read() throws(Fault) {
        guard let link else { return }
        now = .now()
        if mayRead {
            let (received, more) = try link.read(handle)
            readMore = more
            if received { heartbeat.received(at: now) }
        }
        switch heartbeat.verdict(at: now) {
        case .quiet: break
        case .send:
            if link.writer.count == 0 { link.writer.heartbeat() }
        case .dead: throw Fault("the broker has been silent for too long")
        }
    }

    private var nextDeadline: MonotonicTime {
        var earliest = min(window.nextDeadline, requests.nextDeadline)
        switch machine.state {
        case .backingOff(let until, _): earliest = min(earliest, until)
        case .closing(let deadline): earliest = min(earliest, deadline)
        case .idle, .connecting, .open, .closed: break
        }
        if link != nil { earliest = min(earliest, heartbeat.nextCheck) }
        if case .opening(_, let deadline) = publisher { earliest = min(earliest, deadline) }
        return min(earliest, nextConsumerCheck)
    }

    /// Resumes whoever waits for a publish that has ended.
    private func tellOutcomes() {
        if window.outstanding != toldOutstanding {
            toldOutstanding = window.outstanding
            metrics.unconfirmed(toldOutstanding)
        }
        guard !outcomes.isEmpty else { return }
        var bytes = 0
        for (request, outcome) in outcomes {
            bytes += request.message.body.count
            counters.count(outcome)
            if outcome == .confirmed { metrics.confirmed(after: now - request.submitted) }
        }
        mailbox.giveBack(outcomes.count, bytes: bytes)
        for (request, outcome) in outcomes { request.end(outcome) }
        outcomes.removeAll(keepingCapacity: true)
    }
}
