import CJansson

/// Builds a jansson tree and dumps it, with an estimate of the text's length kept on the way.
struct JanssonWriter {
    typealias Node = UnsafeMutablePointer<json_t>

    /// Bytes that the text needs unless characters must be escaped.
    private(set) var estimate = 0
    /// Significant digits with which every real so far comes back the same.
    private var digits = 15

    /// A new node, owned by the caller.
    mutating func node(_ value: JSONValue) -> Node {
        switch value {
        case .null: return null()
        case .bool(let flag): return node(flag)
        case .integer(let integer): return node(integer)
        case .number(let number): return node(number)
        case .string(let text): return node(text)
        case .array(let values):
            let array = newArray()
            for value in values { append(node(value), to: array) }
            return array
        case .object(let members):
            let object = newObject()
            for (key, value) in members { set(key, node(value), in: object) }
            return object
        }
    }

    mutating func null() -> Node {
        estimate += 4
        return Self.made(json_null())
    }

    mutating func node(_ flag: Bool) -> Node {
        estimate += 5
        return Self.made(flag ? json_true() : json_false())
    }

    mutating func node(_ integer: Int64) -> Node {
        estimate += 20
        return Self.made(json_integer(json_int_t(integer)))
    }

    /// - Precondition: the number is finite; JSON has no other, and nothing we parse is.
    mutating func node(_ number: Double) -> Node {
        precondition(number.isFinite, "a number that is not finite has no JSON")
        estimate += 26
        digits = max(digits, Self.digits(for: number))
        return Self.made(json_real(number))
    }

    mutating func node(_ text: String) -> Node {
        var text = text
        return text.withUTF8 { bytes in
            estimate += bytes.count + 2
            // A Swift string is valid UTF-8: no need to check again.
            return Self.made(json_stringn_nocheck(bytes.cPointer, bytes.count))
        }
    }

    mutating func newArray() -> Node {
        estimate += 2
        return Self.made(json_array())
    }

    mutating func newObject() -> Node {
        estimate += 2
        return Self.made(json_object())
    }

    /// Takes over the element's reference.
    mutating func append(_ element: Node, to array: Node) {
        estimate += 1
        Self.done(json_array_append_new(array, element))
    }

    /// Takes over the value's reference.
    mutating func set(_ key: String, _ value: Node, in object: Node) {
        var key = key
        key.withUTF8 { bytes in
            estimate += bytes.count + 4
            Self.done(json_object_setn_new_nocheck(object, bytes.cPointer, bytes.count, value))
        }
    }

    /// The compact text, in the order in which members were set.
    func bytes(of node: Node) -> [UInt8] {
        var capacity = estimate
        while true {
            var needed = 0
            let result = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                needed = dump(node, into: buffer)
                initialized = min(needed, capacity)
            }
            if needed <= capacity { return result }
            capacity = needed
        }
    }

    func text(of node: Node) -> String {
        var capacity = estimate
        while true {
            var needed = 0
            let result = String(unsafeUninitializedCapacity: capacity) { buffer in
                needed = dump(node, into: buffer)
                return needed <= capacity ? needed : 0
            }
            if needed <= capacity { return result }
            capacity = needed
        }
    }

    /// - Returns: bytes needed; more than the buffer holds when it is too small.
    private func dump(_ node: Node, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let start = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
        // JSON_REAL_PRECISION is a macro with an argument, which Swift does not import.
        let flags = JSON_COMPACT | JSON_ENCODE_ANY | (Int32(digits) & 0x1F) << 11
        return Self.dumped(json_dumpb(node, start, buffer.count, Int(flags)))
    }

    /// The fewest of 15, 16 or 17 digits that give the same number back.
    private static func digits(for number: Double) -> Int {
        // Whole numbers of up to 15 digits need no trial.
        if number.magnitude < 1e15, number == number.rounded() { return 15 }
        // The shortest text of a Double, which Swift prints, tells the digits it needs.
        let text = number.description.utf8
        let mantissa = text.prefix { $0 != UInt8(ascii: "e") }
        let significant = mantissa.drop { $0 == 0x2D || $0 == 0x30 || $0 == 0x2E }.count { $0 != 0x2E }
        return min(max(significant, 15), 17)
    }

    // The functions below fail only when memory runs out, as Swift's own allocations do.

    private static func made(_ node: Node?) -> Node {
        guard let node else { preconditionFailure("no memory for a JSON value") }
        return node
    }

    private static func done(_ status: Int32) { precondition(status == 0, "no memory for a JSON value") }

    private static func dumped(_ count: Int) -> Int {
        precondition(count > 0, "no memory for a JSON text")
        return count
    }
}
