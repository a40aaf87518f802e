import JSONCoding

/// Strings out of a platform's JSON: bounded, and without U+0000, which PostgreSQL cannot store.
extension JSONView {
    /// At most `limit` Unicode scalars of the string here; nil when there is none or nothing is left of it.
    func text(_ limit: Int) -> String? {
        withUTF8 { bytes -> String? in
            if bytes.isEmpty { return nil }
            if bytes.count <= limit && !bytes.contains(0) { return String(decoding: bytes, as: UTF8.self) }
            return PlatformText.bounded(String(decoding: bytes, as: UTF8.self), limit)
        } ?? nil
    }

    /// A name that must be taken whole or not at all: 1 to `limit` bytes, none of them 0.
    func name(_ limit: Int) -> String? {
        withUTF8 { bytes -> String? in
            guard (1...limit).contains(bytes.count), !bytes.contains(0) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        } ?? nil
    }

    /// A whole number, also where the platform writes it as a string.
    var wholeNumber: Int64? {
        if let integer { return integer }
        return withUTF8 { bytes -> Int64? in
            guard (1...18).contains(bytes.count) else { return nil }
            var value: Int64 = 0
            for byte in bytes {
                guard byte &- 0x30 < 10 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        } ?? nil
    }
}

enum PlatformText {
    static func bounded(_ text: String, _ limit: Int) -> String? {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars where scalar != "\0" {
            if count == limit { break }
            result.append(scalar)
            count += 1
        }
        return count == 0 ? nil : String(result)
    }

    /// Any JSON value without U+0000 in it.
    static func withoutNUL(_ value: JSONValue) -> JSONValue { value.containsNUL ? scrubbed(value) : value }

    /// About how many bytes a value's text has.
    static func weight(_ value: JSONValue) -> Int {
        switch value {
        case .null, .bool, .integer, .number: 8
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + weight($1) }
        case .object(let object): object.reduce(2) { $0 + $1.key.utf8.count + 4 + weight($1.value) }
        }
    }

    private static func scrubbed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .integer, .number: value
        case .string(let text): .string(scrubbed(text))
        case .array(let elements): .array(elements.map(scrubbed))
        case .object(let object): .object(JSONObject(members: object.map { (scrubbed($0.key), scrubbed($0.value)) }))
        }
    }

    private static func scrubbed(_ text: String) -> String {
        var result = text
        result.unicodeScalars.removeAll { $0 == "\0" }
        return result
    }
}
