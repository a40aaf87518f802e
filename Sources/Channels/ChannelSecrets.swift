package import Domain

/// A channel's secrets, opened. Shows nothing of them in logs or dumps.
package struct ChannelSecrets: Sendable {
    package struct Value: Sendable, CustomStringConvertible, CustomReflectable {
        package var current: String
        /// The value before, still accepted for verification until then; never used for sending.
        package var previous: (value: String, acceptedUntil: Timestamp)?

        package init(_ current: String, previous: (value: String, acceptedUntil: Timestamp)? = nil) {
            self.current = current
            self.previous = previous
        }

        package var description: String { "[secret]" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    private let values: [String: Value]

    package init(_ values: [String: Value] = [:]) { self.values = values }

    package subscript(_ name: String) -> Value? { values[name] }
}

extension ChannelSecrets: CustomStringConvertible, CustomReflectable {
    package var description: String { "[\(values.count) secrets]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
