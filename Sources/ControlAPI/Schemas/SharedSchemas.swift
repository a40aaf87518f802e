package import JSONRPC

extension ControlAPI {
    /// Every schema that methods and messages share, by name.
    package static let schemas: [String: JSONSchema] = [
        configSchemas, messageSchemas, accessSchemas, integrationSchemas,
    ].reduce(
        into: [:]
    ) { all, some in
        all.merge(some) { _, _ in preconditionFailure("two shared schemas of one name") }
    }
}
