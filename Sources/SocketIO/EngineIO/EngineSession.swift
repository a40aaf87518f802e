/// One Engine.IO session of a server: which transport it has, what waits for the peer, whether the peer is alive.
///
/// Pure: time comes in as milliseconds of a clock that never goes back; requests and WebSockets are known by numbers
/// that their owner gives; every event returns what is to be done, in order.
package struct EngineSession: Sendable {
    package typealias Poll = UInt64
    package typealias Socket = UInt64

    package struct Configuration: Sendable, Hashable {
        /// Between a sign of life and the next heartbeat, in milliseconds.
        package var pingInterval: Int64 = 25_000
        /// How long a heartbeat may go unanswered, in milliseconds.
        package var pingTimeout: Int64 = 20_000
        /// Largest body of a request and largest WebSocket message, in bytes.
        package var maxPayload = 1_000_000
        /// Most packets in one body.
        package var maxPackets = 4096
        /// How long a WebSocket may stand beside the polling that it is to replace, in milliseconds.
        package var upgradeTimeout: Int64 = 10_000
        /// Most bytes that wait for a client that polls.
        package var maxBuffered = 1_000_000

        package init() {}
    }

    package enum CloseReason: String, Sendable, Hashable {
        /// The peer said so.
        case clientClose = "client close"
        /// We said so.
        case serverClose = "server close"
        case transportClose = "transport close"
        case pingTimeout = "ping timeout"
        /// What the peer sent breaks the protocol.
        case parseError = "parse error"
        /// Two requests of a kind at once.
        case overlappingRequests = "overlapping requests"
        /// Too much waits for the peer.
        case slowPeer = "slow peer"
    }

    package enum Action: Sendable, Hashable {
        /// Answers a waiting GET with 200 and this payload.
        case answer(Poll, [UInt8])
        /// Refuses a GET with 400.
        case refuse(Poll)
        case write(Socket, EnginePacket)
        case close(Socket)
        /// For the protocol above.
        case deliver(EngineMessage)
        /// The end; nothing is delivered any more.
        case closed(CloseReason)
    }

    private struct Polling: Sendable {
        var waiting: Poll?
        var buffer: [EnginePacket] = []
        var byteCount = 0
        var isPosting = false
    }

    private struct Candidate: Sendable {
        var socket: Socket
        var deadline: Int64
        var isProbed = false
    }

    private enum State: Sendable {
        case polling
        /// Polling, with a WebSocket beside it.
        case upgrading(Candidate)
        case webSocket(Socket)
        case closed
    }

    private enum Heartbeat: Sendable {
        case ping(at: Int64)
        case pong(by: Int64)
    }

    package let id: String
    private let configuration: Configuration
    private var state: State
    /// Empty unless the state is one of polling.
    private var polling = Polling()
    private var heartbeat: Heartbeat

    /// - Parameter socket: the WebSocket with which the session begins; nil for polling.
    package init(id: String, socket: Socket?, configuration: Configuration, now: Int64) {
        self.id = id
        self.configuration = configuration
        state = socket.map(State.webSocket) ?? .polling
        heartbeat = .ping(at: now + configuration.pingInterval)
    }

    /// The first packet, to be sent over the transport with which the session begins.
    package var handshake: EnginePacket {
        let upgrades = if case .webSocket = state { "" } else { "\"websocket\"" }
        // The id is of the server's making and needs no escapes.
        let text =
            "{\"sid\":\"\(id)\",\"upgrades\":[\(upgrades)],\"pingInterval\":\(configuration.pingInterval),"
            + "\"pingTimeout\":\(configuration.pingTimeout),\"maxPayload\":\(configuration.maxPayload)}"
        return .open(Array(text.utf8))
    }

    package var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Whether requests of HTTP long-polling are accepted.
    package var isPolling: Bool {
        switch state {
        case .polling, .upgrading: true
        case .webSocket, .closed: false
        }
    }

    /// When ``tick(now:)`` has something to do; nil once closed.
    package var deadline: Int64? {
        let beat =
            switch heartbeat {
            case .ping(let at): at
            case .pong(let by): by
            }
        return switch state {
        case .polling, .webSocket: beat
        case .upgrading(let candidate): min(beat, candidate.deadline)
        case .closed: nil
        }
    }

    // MARK: Time

    package mutating func tick(now: Int64) -> [Action] {
        var actions: [Action] = []
        if case .upgrading(let candidate) = state, now >= candidate.deadline { actions += abandon(candidate) }
        guard !isClosed else { return actions }
        if case .ping(let at) = heartbeat, now >= at {
            heartbeat = .pong(by: at + configuration.pingTimeout)
            actions += send(.ping([]))
        }
        if case .pong(let by) = heartbeat, now >= by { actions += close(.pingTimeout) }
        return actions
    }

    // MARK: Polling

    /// A GET of this session.
    package mutating func poll(_ poll: Poll) -> [Action] {
        guard isPolling else { return [.refuse(poll)] }
        guard polling.waiting == nil else { return close(.overlappingRequests) + [.refuse(poll)] }
        polling.waiting = poll
        // A client that goes over to a WebSocket waits for its last poll to end.
        if case .upgrading(let candidate) = state, candidate.isProbed, polling.buffer.isEmpty { return release() }
        return flush()
    }

    /// The peer of a waiting GET is gone.
    package mutating func pollEnded(_ poll: Poll) -> [Action] {
        guard isPolling, polling.waiting == poll else { return [] }
        polling.waiting = nil
        return close(.transportClose)
    }

    /// A POST of this session begins.
    ///
    /// - Returns: whether its body is wanted; else it is to be refused with 400.
    package mutating func beginPost() -> (isWanted: Bool, actions: [Action]) {
        guard isPolling else { return (false, []) }
        guard !polling.isPosting else { return (false, close(.overlappingRequests)) }
        polling.isPosting = true
        return (true, [])
    }

    /// The body of a POST is complete.
    ///
    /// - Returns: whether to answer `ok`; else 400.
    package mutating func endPost(_ body: [UInt8], now: Int64) -> (isAccepted: Bool, actions: [Action]) {
        guard isPolling else { return (false, []) }
        polling.isPosting = false
        var actions: [Action] = []
        do throws(EngineFault) {
            var reader = try EnginePayload.Reader(
                body, maxPayload: configuration.maxPayload, maxPackets: configuration.maxPackets)
            while let packet = try reader.next() {
                actions += try receive(packet, now: now)
                if isClosed { break }
            }
        } catch {
            return (false, actions + close(.parseError))
        }
        return (true, actions)
    }

    /// A POST broke off, or its body is not wanted after all.
    package mutating func abortPost(_ reason: CloseReason = .transportClose) -> [Action] {
        isPolling ? close(reason) : []
    }

    // MARK: WebSocket

    /// A WebSocket that names this session.
    ///
    /// - Returns: whether it may stand beside the polling; else its handshake is to be refused with 400.
    package mutating func offer(_ socket: Socket, now: Int64) -> Bool {
        guard case .polling = state else { return false }
        state = .upgrading(Candidate(socket: socket, deadline: now + configuration.upgradeTimeout))
        return true
    }

    /// A message came over a WebSocket.
    package mutating func receive(_ message: EngineMessage, from socket: Socket, now: Int64) -> [Action] {
        switch state {
        case .webSocket(socket):
            guard message.byteCount <= configuration.maxPayload else { return close(.parseError) }
            do throws(EngineFault) {
                return try receive(EnginePacket(frame: message), now: now)
            } catch {
                return close(.parseError)
            }
        case .upgrading(let candidate) where candidate.socket == socket: return probe(message, candidate)
        case .polling, .upgrading, .webSocket, .closed: return [.close(socket)]
        }
    }

    /// A WebSocket is gone.
    package mutating func socketEnded(_ socket: Socket) -> [Action] {
        switch state {
        case .webSocket(socket):
            state = .closed
            return [.closed(.transportClose)]
        case .upgrading(let candidate) where candidate.socket == socket:
            state = .polling
            return []
        case .polling, .upgrading, .webSocket, .closed: return []
        }
    }

    private mutating func probe(_ message: EngineMessage, _ candidate: Candidate) -> [Action] {
        switch (message, candidate.isProbed) {
        case (.text(Array("2probe".utf8)), false):
            var candidate = candidate
            candidate.isProbed = true
            state = .upgrading(candidate)
            return [.write(candidate.socket, .pong(Array("probe".utf8)))] + release()
        case (.text(Array("5".utf8)), true):
            state = .webSocket(candidate.socket)
            defer { polling = Polling() }
            // The last poll, if one came in between, ends; then what it would have brought.
            return release() + polling.buffer.map { .write(candidate.socket, $0) }
        default: return abandon(candidate)
        }
    }

    /// The offered transport is no good; polling goes on.
    private mutating func abandon(_ candidate: Candidate) -> [Action] {
        state = .polling
        return [.close(candidate.socket)]
    }

    // MARK: Packets

    private mutating func receive(_ packet: EnginePacket, now: Int64) throws(EngineFault) -> [Action] {
        switch packet {
        case .message(let message): return [.deliver(message)]
        case .pong:
            heartbeat = .ping(at: now + configuration.pingInterval)
            return []
        case .close: return close(.clientClose)
        case .noop: return []
        // Only servers open and ping; an upgrade belongs to a probed transport.
        case .open, .ping, .upgrade: throw .unexpectedPacket
        }
    }

    package mutating func send(_ message: EngineMessage) -> [Action] { send(.message(message)) }

    private mutating func send(_ packet: EnginePacket) -> [Action] {
        switch state {
        case .webSocket(let socket): return [.write(socket, packet)]
        case .polling, .upgrading:
            polling.buffer.append(packet)
            polling.byteCount += packet.byteCount
            if polling.waiting != nil { return flush() }
            return polling.byteCount > configuration.maxBuffered ? close(.slowPeer) : []
        case .closed: return []
        }
    }

    /// Ends the session from our side.
    package mutating func close(_ reason: CloseReason = .serverClose) -> [Action] {
        var actions: [Action] = []
        switch state {
        case .polling: break
        case .upgrading(let candidate): actions.append(.close(candidate.socket))
        case .webSocket(let socket): actions.append(.close(socket))
        case .closed: return []
        }
        // A waiting poll ends with the session.
        if let poll = polling.waiting {
            actions.append(.answer(poll, Self.payload(reason == .clientClose ? .noop : .close)))
        }
        polling = Polling()
        state = .closed
        return actions + [.closed(reason)]
    }

    // MARK: Buffer

    /// What python-engineio takes at once; it closes when there are more.
    private static let maxPacketsInAnswer = 16

    /// Answers a waiting poll with as much as one body holds.
    private mutating func flush() -> [Action] {
        guard let poll = polling.waiting, !polling.buffer.isEmpty else { return [] }
        var writer = EnginePayload.Writer(maxPayload: configuration.maxPayload)
        var count = 0
        while count < min(polling.buffer.count, Self.maxPacketsInAnswer), writer.append(polling.buffer[count]) {
            polling.byteCount -= polling.buffer[count].byteCount
            count += 1
        }
        polling.buffer.removeFirst(count)
        polling.waiting = nil
        return [.answer(poll, writer.body)]
    }

    /// Ends a waiting poll that has nothing to bring.
    private mutating func release() -> [Action] {
        defer { polling.waiting = nil }
        return polling.waiting.map { [.answer($0, Self.payload(.noop))] } ?? []
    }

    private static func payload(_ packet: EnginePacket) -> [UInt8] {
        var body: [UInt8] = []
        packet.write(to: &body)
        return body
    }
}
