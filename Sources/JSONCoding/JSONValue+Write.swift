import CJansson

extension JSONValue {
    /// The compact JSON text in UTF-8, members in their order, doubles such that they come back the same.
    ///
    /// - Precondition: every number is finite.
    package func serialized() -> [UInt8] {
        var writer = JanssonWriter()
        let node = writer.node(self)
        defer { json_decref(node) }
        return writer.bytes(of: node)
    }

    /// ``serialized()`` as a `String`.
    package var text: String {
        var writer = JanssonWriter()
        let node = writer.node(self)
        defer { json_decref(node) }
        return writer.text(of: node)
    }
}
