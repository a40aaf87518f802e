import CRabbitMQ
import Glibc

/// One logged-in AMQP connection: rabbitmq-c's state and the socket under it. Lives and dies on one thread.
///
/// rabbitmq-c opens the socket, speaks TLS, logs in, and encodes and decodes every frame. On plain TCP the bytes are
/// moved here instead: its own writes block until the peer reads, and cost a system call a frame.
final class AMQPLink {
    /// The connection is unusable.
    struct Fault: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    let descriptor: Int32
    let secure: Bool
    let serverVersion: String
    let heartbeat: Duration
    let channelMax: Int
    let writer = FrameWriter()
    /// The largest body frame to write.
    let bodyFrame: Int

    private let state: amqp_connection_state_t
    private let inbound: UnsafeMutableRawBufferPointer
    private var relay: TLSRelay?

    /// Opens the socket and logs in. Blocks up to the configured time-outs.
    init(configuration: BrokerConfiguration) throws(BrokerError) {
        let url = configuration.url
        guard let state = amqp_new_connection() else { throw .unavailable("out of memory") }
        do throws(BrokerError) {
            try Self.open(state, configuration)
            try Self.login(state, configuration)
        } catch {
            amqp_destroy_connection(state)
            throw error
        }
        self.state = state
        secure = url.secure
        descriptor = amqp_get_sockfd(state)
        serverVersion = Self.serverVersion(state)
        heartbeat = .seconds(Int(amqp_get_heartbeat(state)))
        channelMax = Int(amqp_get_channel_max(state))
        let frameMax = Int(amqp_get_frame_max(state))
        writer.frameMax = frameMax
        // A TLS write must not block for want of room in the socket, see `TLSRelay`.
        bodyFrame = url.secure ? min(frameMax - 8, 8 << 10) : frameMax - 8
        inbound = .allocate(byteCount: 128 << 10, alignment: 16)
        relay = url.secure ? TLSRelay(state: state, descriptor: descriptor) : nil
        // Heartbeats are ours (see `HeartbeatMonitor`): the library's are switched off.
        amqp_tune_connection(state, Int32(channelMax), Int32(frameMax), 0)
        // The last bound, kept by the kernel: written data that nobody takes for this long ends the connection.
        var milliseconds = UInt32(clamping: max(heartbeat.nanoseconds / 1_000_000 * 3, 30_000))
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, 4)
    }

    deinit {
        amqp_destroy_connection(state)
        inbound.deallocate()
    }

    // MARK: Reading

    /// Hands over every frame that is there, up to about a thousand; true where more may be waiting.
    ///
    /// What a frame points at is valid until `body` returns.
    func read(_ body: (amqp_frame_t) throws(Fault) -> Void) throws(Fault) -> (received: Bool, more: Bool) {
        secure ? try readThroughLibrary(body) : try readDirectly(body)
    }

    private func readDirectly(
        _ body: (amqp_frame_t) throws(Fault) -> Void
    ) throws(Fault) -> (received: Bool, more: Bool) {
        let count = recv(descriptor, inbound.baseAddress, inbound.count, Int32(MSG_DONTWAIT))
        if count == 0 { throw Fault("the broker closed the connection") }
        if count < 0 {
            if errno == EAGAIN || errno == EINTR { return (false, false) }
            throw Fault(Self.describe(errno: errno))
        }
        var rest = amqp_bytes_t(len: count, bytes: inbound.baseAddress)
        var frame = amqp_frame_t()
        while rest.len > 0 {
            let used = amqp_handle_input(state, rest, &frame)
            if used < 0 { throw Fault("a malformed frame: \(Self.describe(used))") }
            rest.bytes += Int(used)
            rest.len -= Int(used)
            guard frame.frame_type != 0 else { continue }
            try body(frame)
            amqp_maybe_release_buffers_on_channel(state, frame.channel)
        }
        return (true, count == inbound.count)
    }

    private func readThroughLibrary(
        _ body: (amqp_frame_t) throws(Fault) -> Void
    ) throws(Fault) -> (received: Bool, more: Bool) {
        var now = timeval()
        var frame = amqp_frame_t()
        var received = false
        for _ in 0..<1000 {
            let status = amqp_simple_wait_frame_noblock(state, &frame, &now)
            if status == AMQP_STATUS_TIMEOUT.rawValue { return (received, false) }
            guard status == AMQP_STATUS_OK.rawValue else { throw Fault(Self.describe(status)) }
            received = true
            try body(frame)
            amqp_maybe_release_buffers_on_channel(state, frame.channel)
        }
        return (true, true)
    }

    /// Frames that the login left in the library's own buffer.
    func readLeftovers(_ body: (amqp_frame_t) throws(Fault) -> Void) throws(Fault) {
        _ = try readThroughLibrary(body)
    }

    // MARK: Writing

    /// Sends what it can without blocking; true where something is left, to be tried again when the socket is ready.
    func flush() throws(Fault) -> (sent: Bool, blocked: Bool) {
        guard writer.count > 0 else { return (false, false) }
        if relay != nil { return try relay!.flush(writer) }
        var sent = false
        while writer.count > 0 {
            let bytes = writer.pending
            let count = send(
                descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { return (sent, true) }
                throw Fault(Self.describe(errno: errno))
            }
            sent = true
            writer.consume(count)
        }
        return (true, false)
    }

    // MARK: Opening

    private static func open(
        _ state: amqp_connection_state_t, _ configuration: BrokerConfiguration
    ) throws(BrokerError) {
        let url = configuration.url
        var timeout = timeval(configuration.connectTimeout)
        let socket: OpaquePointer
        if url.secure {
            guard let made = amqp_ssl_socket_new(state) else { throw .unavailable("TLS cannot be set up") }
            socket = made
            try secure(socket, url)
        } else {
            guard let made = amqp_tcp_socket_new(state) else { throw .unavailable("out of memory") }
            socket = made
        }
        let status = amqp_socket_open_noblock(socket, url.host, Int32(url.port), &timeout)
        guard status == AMQP_STATUS_OK.rawValue else {
            throw .unavailable("cannot connect to \(url): \(describe(status))")
        }
    }

    private static func secure(_ socket: OpaquePointer, _ url: BrokerURL) throws(BrokerError) {
        amqp_ssl_socket_set_verify_peer(socket, url.verify ? 1 : 0)
        amqp_ssl_socket_set_verify_hostname(socket, url.verify ? 1 : 0)
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == AMQP_STATUS_OK.rawValue
        else { throw .unavailable("TLS 1.2 cannot be demanded") }
        if url.verify {
            guard let path = url.certificateAuthority ?? systemAuthorities() else {
                throw .unavailable("no bundle of certificate authorities found; name one with ?cacertfile=")
            }
            guard amqp_ssl_socket_set_cacert(socket, path) == AMQP_STATUS_OK.rawValue else {
                throw .unavailable("cannot read the certificate authorities in \(path)")
            }
        }
        if let certificate = url.certificate {
            guard amqp_ssl_socket_set_key(socket, certificate, url.key ?? certificate) == AMQP_STATUS_OK.rawValue
            else { throw .unavailable("cannot read the client certificate \(certificate) or its key") }
        }
    }

    private static func systemAuthorities() -> String? {
        var candidates = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ]
        if let named = getenv("SSL_CERT_FILE") { candidates.insert(String(cString: named), at: 0) }
        return candidates.first { access($0, R_OK) == 0 }
    }

    private static func login(
        _ state: amqp_connection_state_t, _ configuration: BrokerConfiguration
    ) throws(BrokerError) {
        let url = configuration.url
        var timeout = timeval(configuration.handshakeTimeout)
        amqp_set_handshake_timeout(state, &timeout)
        let heartbeat = min(max(configuration.heartbeat.nanoseconds / 1_000_000_000, 0), 65_535)
        // Frames of 32 KiB: the library keeps a page of that size for every channel.
        let reply = metachat_amqp_login(
            state, url.virtualHost, 2047, 32 << 10, Int32(heartbeat), configuration.connectionName, url.user,
            url.password)
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            if reply.reply.id == UInt32(AMQP_CONNECTION_CLOSE_METHOD), let decoded = reply.reply.decoded {
                let close = decoded.load(as: amqp_connection_close_t.self)
                throw .refused(code: Int(close.reply_code), text: String(close.reply_text))
            }
            throw .unavailable("the broker broke off the login")
        default:
            throw .unavailable("cannot log in at \(url): \(describe(reply.library_error))")
        }
    }

    private static func serverVersion(_ state: amqp_connection_state_t) -> String {
        guard let properties = amqp_get_server_properties(state) else { return "" }
        return HeaderValue.table(properties.pointee, depth: 0)["version"]?.string ?? ""
    }

    static func describe(_ status: Int32) -> String {
        amqp_error_string2(status).map { String(cString: $0) } ?? "status \(status)"
    }

    static func describe(errno code: Int32) -> String {
        switch code {
        case ECONNRESET, EPIPE: "the connection was reset"
        case ETIMEDOUT: "the broker does not answer any more"
        default: "socket error \(code)"
        }
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let microseconds = max(duration.nanoseconds, 0) / 1000
        self.init(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    }
}
