import CRabbitMQ
import Glibc

/// Frames on their way out, encoded by rabbitmq-c into one buffer, so that a batch of them costs one system call.
///
/// Lives on its connection's thread.
final class FrameWriter {
    /// A frame does not fit; what the application gave was checked before, so this is a bug of ours.
    struct EncodingFault: Error { let status: Int32 }

    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var head = 0
    private var tail = 0
    /// Memory for strings and tables while a frame is being encoded.
    private var pool = amqp_pool_t()
    /// More than any method or header of ours takes (see ``HeaderLimits``).
    private static let room = 16 << 10
    /// The largest frame the peer takes, overhead included.
    var frameMax = 4096

    init(capacity: Int = 256 << 10) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 16)
        init_amqp_pool(&pool, 64 << 10)
    }

    deinit {
        base.deallocate()
        empty_amqp_pool(&pool)
    }

    var count: Int { tail - head }

    /// The bytes not sent yet.
    var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + head, count: tail - head) }

    func consume(_ count: Int) {
        head += count
        if head == tail {
            head = 0
            tail = 0
        }
    }

    func reset() {
        head = 0
        tail = 0
    }

    // MARK: Frames

    /// Writes a method frame; `fields` is the rabbitmq-c struct of that method.
    func method<Fields>(_ method: UInt32, channel: UInt16, _ fields: Fields) throws(EncodingFault) {
        var fields = fields
        let space = min(frameMax, Self.room)
        let room = prepare(space)
        let size = withUnsafeMutablePointer(to: &fields) {
            metachat_amqp_put_method(room, space, channel, method, $0)
        }
        recycle_amqp_pool(&pool)
        try advance(size)
    }

    func heartbeat() {
        let room = prepare(8)
        metachat_amqp_frame(room, UInt8(AMQP_FRAME_HEARTBEAT), 0, 0)
        tail += 8
    }

    /// Writes a publish: method, header and as many body frames as it takes. All of it or nothing.
    func publish(_ message: OutgoingMessage, channel: UInt16, bodyFrame: Int) throws(EncodingFault) {
        let start = count
        do throws(EncodingFault) {
            var publish = amqp_basic_publish_t()
            publish.exchange = bytes(message.exchange)
            publish.routing_key = bytes(message.routingKey)
            publish.mandatory = message.mandatory ? 1 : 0
            try method(UInt32(AMQP_BASIC_PUBLISH_METHOD), channel: channel, publish)
            try header(message, channel: channel)
        } catch {
            tail = head + start
            throw error
        }
        message.body.withUnsafeBytes { body in
            var offset = 0
            while offset < body.count {
                let size = min(bodyFrame, body.count - offset)
                let room = prepare(size + 8)
                memcpy(room + 7, body.baseAddress! + offset, size)
                metachat_amqp_frame(room, UInt8(AMQP_FRAME_BODY), channel, UInt32(size))
                tail += size + 8
                offset += size
            }
        }
    }

    private func header(_ message: OutgoingMessage, channel: UInt16) throws(EncodingFault) {
        var properties = amqp_basic_properties_t()
        var flags = AMQP_BASIC_DELIVERY_MODE_FLAG
        properties.delivery_mode = message.persistent ? 2 : 1
        if let contentType = message.contentType {
            properties.content_type = bytes(contentType)
            flags |= AMQP_BASIC_CONTENT_TYPE_FLAG
        }
        if let messageID = message.messageID {
            properties.message_id = bytes(messageID)
            flags |= AMQP_BASIC_MESSAGE_ID_FLAG
        }
        if !message.headers.isEmpty {
            properties.headers = table(message.headers)
            flags |= AMQP_BASIC_HEADERS_FLAG
        }
        if let expiration = message.expiration {
            properties.expiration = bytes(String(max(expiration.nanoseconds, 0) / 1_000_000))
            flags |= AMQP_BASIC_EXPIRATION_FLAG
        }
        properties._flags = amqp_flags_t(flags)
        let space = min(frameMax, Self.room)
        let room = prepare(space)
        let size = metachat_amqp_put_header(room, space, channel, UInt64(message.body.count), &properties)
        recycle_amqp_pool(&pool)
        try advance(size)
    }

    // MARK: Values, valid until the frame is written

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard source.count > 0, let memory = amqp_pool_alloc(&pool, source.count) else {
            return amqp_bytes_t(len: 0, bytes: nil)
        }
        memory.copyMemory(from: source.baseAddress!, byteCount: source.count)
        return amqp_bytes_t(len: source.count, bytes: memory)
    }

    func table(_ table: [String: HeaderValue]) -> amqp_table_t {
        guard !table.isEmpty,
            let memory = amqp_pool_alloc(&pool, table.count * MemoryLayout<amqp_table_entry_t>.stride)
        else { return amqp_table_t(num_entries: 0, entries: nil) }
        let entries = memory.bindMemory(to: amqp_table_entry_t.self, capacity: table.count)
        for (index, (key, value)) in table.enumerated() {
            var entry = amqp_table_entry_t()
            entry.key = bytes(key)
            entry.value = field(value)
            (entries + index).initialize(to: entry)
        }
        return amqp_table_t(num_entries: Int32(table.count), entries: entries)
    }

    private func field(_ value: HeaderValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch value {
        case .null:
            field.kind = UInt8(AMQP_FIELD_KIND_VOID.rawValue)
        case .boolean(let flag):
            field.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
            field.value.boolean = flag ? 1 : 0
        case .integer(let number):
            field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
            field.value.i64 = number
        case .double(let number):
            field.kind = UInt8(AMQP_FIELD_KIND_F64.rawValue)
            field.value.f64 = number
        case .string(let text):
            field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
            field.value.bytes = bytes(text)
        case .bytes(let raw):
            field.kind = UInt8(AMQP_FIELD_KIND_BYTES.rawValue)
            field.value.bytes = raw.withUnsafeBytes(copy)
        case .timestamp(let seconds):
            field.kind = UInt8(AMQP_FIELD_KIND_TIMESTAMP.rawValue)
            field.value.u64 = seconds
        case .table(let inner):
            field.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
            field.value.table = table(inner)
        case .array(let values):
            field.kind = UInt8(AMQP_FIELD_KIND_ARRAY.rawValue)
            field.value.array = array(values)
        }
        return field
    }

    private func array(_ values: [HeaderValue]) -> amqp_array_t {
        guard !values.isEmpty,
            let memory = amqp_pool_alloc(&pool, values.count * MemoryLayout<amqp_field_value_t>.stride)
        else { return amqp_array_t(num_entries: 0, entries: nil) }
        let entries = memory.bindMemory(to: amqp_field_value_t.self, capacity: values.count)
        for (index, value) in values.enumerated() { (entries + index).initialize(to: field(value)) }
        return amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }

    // MARK: Memory

    private func prepare(_ size: Int) -> UnsafeMutablePointer<UInt8> {
        if tail + size > capacity {
            if head > 0 {
                memmove(base, base + head, count)
                tail -= head
                head = 0
            }
            if tail + size > capacity {
                capacity = max(capacity * 2, tail + size)
                let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
                memcpy(larger, base, tail)
                base.deallocate()
                base = larger
            }
        }
        return (base + tail).assumingMemoryBound(to: UInt8.self)
    }

    private func advance(_ size: Int32) throws(EncodingFault) {
        guard size > 0 else { throw EncodingFault(status: size) }
        tail += Int(size)
    }
}
