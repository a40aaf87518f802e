package import JSONRPC

extension ControlAPI {
    /// Every schema that methods and messages share, by name.
    package static let schemas: [String: JSONSchema] = configSchemas.merging(messageSchemas) { _, _ in
        preconditionFailure("two shared schemas of one name")
    }
}
