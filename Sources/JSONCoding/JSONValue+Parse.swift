extension JSONValue {
    /// Reads a JSON text (RFC 8259): any value at its root, no duplicate members, strict UTF-8, no byte order mark.
    ///
    /// Integers beyond 64 bits become `Double`; numbers beyond the range of `Double` are errors.
    /// - Throws: ``JSONParseError`` for whatever the text breaks, limits first.
    package static func parse(
        _ text: UnsafeRawBufferPointer, limits: JSONLimits = .standard
    ) throws(JSONParseError) -> JSONValue {
        try JSONDocument(parsing: text, limits: limits).root.value
    }

    package static func parse(
        _ text: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONParseError) -> JSONValue {
        try JSONDocument(parsing: text, limits: limits).root.value
    }

    package static func parse(
        _ text: String, limits: JSONLimits = .standard
    ) throws(JSONParseError) -> JSONValue {
        try JSONDocument(parsing: text, limits: limits).root.value
    }
}
