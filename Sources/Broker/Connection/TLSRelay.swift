import CRabbitMQ
import Glibc

/// Sends encoded frames through rabbitmq-c's TLS socket, which takes frames only, not bytes: each is decoded again and
/// handed over when the socket has room for it, so that the write does not block.
struct TLSRelay {
    private let state: amqp_connection_state_t
    private let descriptor: Int32

    init(state: amqp_connection_state_t, descriptor: Int32) {
        self.state = state
        self.descriptor = descriptor
        // Ready means a third of this is free: more than a frame of ours with its TLS overhead.
        var size: Int32 = 256 << 10
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, 4)
    }

    func flush(_ writer: FrameWriter) throws(AMQPLink.Fault) -> (sent: Bool, blocked: Bool) {
        var pool = amqp_pool_t()
        init_amqp_pool(&pool, 16 << 10)
        defer { empty_amqp_pool(&pool) }
        var sent = false
        while writer.count > 0 {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 0) == 1 else { return (sent, true) }
            let size = try send(writer.pending, &pool)
            recycle_amqp_pool(&pool)
            writer.consume(size)
            sent = true
        }
        return (sent, false)
    }

    /// Sends the first frame of these bytes; gives its size.
    private func send(_ bytes: UnsafeRawBufferPointer, _ pool: inout amqp_pool_t) throws(AMQPLink.Fault) -> Int {
        func integer<T: FixedWidthInteger>(at offset: Int, as: T.Type) -> T {
            T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
        let size = Int(integer(at: 3, as: UInt32.self))
        let payload = UnsafeMutableRawPointer(mutating: bytes.baseAddress! + 7)
        var frame = amqp_frame_t()
        frame.frame_type = bytes[0]
        frame.channel = integer(at: 1, as: UInt16.self)
        var status: Int32 = 0
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            frame.payload.method.id = integer(at: 7, as: UInt32.self)
            var decoded: UnsafeMutableRawPointer?
            status = amqp_decode_method(
                frame.payload.method.id, &pool, amqp_bytes_t(len: size - 4, bytes: payload + 4), &decoded)
            frame.payload.method.decoded = decoded
        case AMQP_FRAME_HEADER:
            frame.payload.properties.class_id = integer(at: 7, as: UInt16.self)
            frame.payload.properties.body_size = integer(at: 11, as: UInt64.self)
            var decoded: UnsafeMutableRawPointer?
            status = amqp_decode_properties(
                frame.payload.properties.class_id, &pool, amqp_bytes_t(len: size - 12, bytes: payload + 12), &decoded)
            frame.payload.properties.decoded = decoded
        case AMQP_FRAME_BODY:
            frame.payload.body_fragment = amqp_bytes_t(len: size, bytes: payload)
        default:
            break
        }
        if status >= 0 { status = amqp_send_frame(state, &frame) }
        guard status >= 0 else { throw AMQPLink.Fault(AMQPLink.describe(status)) }
        return size + 8
    }
}
