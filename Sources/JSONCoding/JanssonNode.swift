import CJansson

/// Reading one node of a tree whose owner is alive.
extension UnsafeMutablePointer<json_t> {
    var text: String? {
        withText { String(decoding: $0, as: UTF8.self) }
    }

    /// The UTF-8 of a string node; jansson has validated it.
    func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
        guard pointee.type == JSON_STRING else { return nil }
        let length = json_string_length(self)
        return json_string_value(self).withMemoryRebound(to: UInt8.self, capacity: length) {
            body(UnsafeBufferPointer(start: $0, count: length))
        }
    }

    func member(_ key: String) -> UnsafeMutablePointer<json_t>? {
        guard pointee.type == JSON_OBJECT else { return nil }
        var key = key
        return key.withUTF8 { json_object_getn(self, $0.cPointer, $0.count) }
    }

    /// The whole below this node as a value. Recursion is bounded by ``JSONLimits/maxDepth``.
    var value: JSONValue {
        switch pointee.type {
        case JSON_OBJECT:
            var members: [(key: String, value: JSONValue)] = []
            members.reserveCapacity(json_object_size(self))
            forEachMember { members.append((memberName($0), $1.value)) }
            return .object(JSONObject(distinct: members))
        case JSON_ARRAY:
            let count = json_array_size(self)
            return .array(
                [JSONValue](unsafeUninitializedCapacity: count) { buffer, initialized in
                    for index in 0..<count {
                        let element = json_array_get(self, index).map(\.value) ?? .null
                        buffer.initializeElement(at: index, to: element)
                        initialized = index + 1
                    }
                }
            )
        case JSON_STRING: return .string(text ?? "")
        case JSON_INTEGER: return .integer(Int64(json_integer_value(self)))
        case JSON_REAL: return .number(json_real_value(self))
        case JSON_TRUE: return .bool(true)
        case JSON_FALSE: return .bool(false)
        default: return .null
        }
    }

    private func forEachMember(_ body: (UnsafeMutableRawPointer, UnsafeMutablePointer<json_t>) -> Void) {
        var iterator = json_object_iter(self)
        while let current = iterator {
            if let value = json_object_iter_value(current) { body(current, value) }
            iterator = json_object_iter_next(self, current)
        }
    }

    /// The name of the member at which an iterator over this object stands.
    func memberName(_ iterator: UnsafeMutableRawPointer) -> String {
        guard let key = json_object_iter_key(iterator) else { return "" }
        let length = json_object_iter_key_len(iterator)
        return key.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes as C calls them; an empty buffer has an address too.
    var cPointer: UnsafePointer<CChar> {
        guard let baseAddress else { return emptyText }
        return UnsafeRawPointer(baseAddress).assumingMemoryBound(to: CChar.self)
    }
}

// Points at the terminating NUL of a constant, never written.
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
    let text: StaticString = ""
    return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}()
