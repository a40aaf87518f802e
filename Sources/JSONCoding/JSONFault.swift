/// One thing that is wrong with a JSON document, and where.
package struct JSONFault: Sendable, Hashable {
    /// JSON Pointer (RFC 6901) to the faulty value; a missing member is named by its own path; `""` is the whole.
    package var path: String
    /// One sentence for people; never repeats the value, which may be secret.
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}

/// Everything that is wrong with a JSON document, at once.
package struct JSONFaults: Error, Sendable, Hashable, CustomStringConvertible {
    package var faults: [JSONFault]

    package init(_ faults: [JSONFault]) { self.faults = faults }

    package var description: String {
        faults.map { "\($0.path.isEmpty ? "the document" : $0.path): \($0.message)" }.joined(separator: "; ")
    }

    package var json: JSONValue {
        .array(faults.map { ["path": .string($0.path), "message": .string($0.message)] })
    }
}
