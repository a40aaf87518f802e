import CRabbitMQ

extension String {
    /// A copy of what rabbitmq-c decoded; bytes that are no UTF-8 are replaced.
    init(_ bytes: amqp_bytes_t) {
        self.init(
            decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.bytes == nil ? 0 : bytes.len),
            as: UTF8.self)
    }
}

extension HeaderValue {
    /// A copy of a decoded table. What nests deeper than our limit is left out.
    static func table(_ table: amqp_table_t, depth: Int) -> [String: HeaderValue] {
        guard let entries = table.entries, table.num_entries > 0 else { return [:] }
        var result = [String: HeaderValue](minimumCapacity: Int(table.num_entries))
        for index in 0..<Int(table.num_entries) {
            result[String(entries[index].key)] = HeaderValue(entries[index].value, depth: depth)
        }
        return result
    }

    init(_ field: amqp_field_value_t, depth: Int) {
        switch UInt32(field.kind) {
        case AMQP_FIELD_KIND_BOOLEAN.rawValue: self = .boolean(field.value.boolean != 0)
        case AMQP_FIELD_KIND_I8.rawValue: self = .integer(Int64(field.value.i8))
        case AMQP_FIELD_KIND_U8.rawValue: self = .integer(Int64(field.value.u8))
        case AMQP_FIELD_KIND_I16.rawValue: self = .integer(Int64(field.value.i16))
        case AMQP_FIELD_KIND_U16.rawValue: self = .integer(Int64(field.value.u16))
        case AMQP_FIELD_KIND_I32.rawValue: self = .integer(Int64(field.value.i32))
        case AMQP_FIELD_KIND_U32.rawValue: self = .integer(Int64(field.value.u32))
        case AMQP_FIELD_KIND_I64.rawValue: self = .integer(field.value.i64)
        case AMQP_FIELD_KIND_U64.rawValue: self = .integer(Int64(clamping: field.value.u64))
        case AMQP_FIELD_KIND_F32.rawValue: self = .double(Double(field.value.f32))
        case AMQP_FIELD_KIND_F64.rawValue: self = .double(field.value.f64)
        case AMQP_FIELD_KIND_UTF8.rawValue: self = .string(String(field.value.bytes))
        case AMQP_FIELD_KIND_BYTES.rawValue: self = .bytes(Self.copy(field.value.bytes))
        case AMQP_FIELD_KIND_TIMESTAMP.rawValue: self = .timestamp(field.value.u64)
        case AMQP_FIELD_KIND_TABLE.rawValue where depth < HeaderLimits.maximumDepth:
            self = .table(Self.table(field.value.table, depth: depth + 1))
        case AMQP_FIELD_KIND_ARRAY.rawValue where depth < HeaderLimits.maximumDepth:
            self = .array(Self.array(field.value.array, depth: depth + 1))
        default: self = .null
        }
    }

    private static func array(_ array: amqp_array_t, depth: Int) -> [HeaderValue] {
        guard let entries = array.entries, array.num_entries > 0 else { return [] }
        return (0..<Int(array.num_entries)).map { HeaderValue(entries[$0], depth: depth) }
    }

    private static func copy(_ bytes: amqp_bytes_t) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.bytes == nil ? 0 : bytes.len))
    }
}

/// The properties of a message that we use.
struct ContentProperties {
    var messageID: String?
    var contentType: String?
    var headers: [String: HeaderValue] = [:]

    init(_ decoded: UnsafeMutableRawPointer?) {
        guard let decoded else { return }
        let properties = decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
        let flags = Int32(truncatingIfNeeded: properties._flags)
        if flags & AMQP_BASIC_MESSAGE_ID_FLAG != 0 { messageID = String(properties.message_id) }
        if flags & AMQP_BASIC_CONTENT_TYPE_FLAG != 0 { contentType = String(properties.content_type) }
        if flags & AMQP_BASIC_HEADERS_FLAG != 0 { headers = HeaderValue.table(properties.headers, depth: 0) }
    }
}
