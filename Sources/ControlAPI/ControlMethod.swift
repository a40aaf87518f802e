import Domain
package import JSONCoding
package import JSONRPC

/// A method of the control plane: its description and who may call it.
package struct ControlMethod<Params: Sendable, Output: Sendable>: Sendable {
    package let method: Method<Params, Output>
    package let access: Access

    package var name: String { method.info.name }

    /// - Parameters:
    ///   - read: reads the params object's members; others than it asks for are faults.
    ///   - example: must be accepted by `read` and fit the schemas; the tests look.
    init(
        _ name: String, _ access: Access, _ summary: String, details: String? = nil,
        params: [JSONSchema.Member], result: JSONSchema, errors: [RPCErrorCode] = [],
        example: MethodInfo.Example,
        read: @escaping @Sendable (JSONObjectReader) -> Params?,
        write: @escaping @Sendable (Output) -> JSONValue
    ) {
        self.access = access
        method = Method(
            MethodInfo(
                name: name, summary: summary, details: details, params: params, result: result, errors: errors,
                example: example,
                extensions: ["x-roles": .array(access.roles.map { .string($0.rawValue) })]),
            read: { reader in reader.object(read) }, write: write)
    }
}

/// Params of a method that changes something.
package protocol WriteParams: Sendable {
    /// The same key with the same params within 24 h gives the same result.
    var idempotencyKey: String? { get }
}

/// What a deletion gives.
package struct Deleted: Sendable, Hashable {
    package var id: String
    /// The highest revision that the deletion took.
    package var revision: Int64

    package init(id: String, revision: Int64) {
        self.id = id
        self.revision = revision
    }

    package var json: JSONValue { ["id": .string(id), "revision": .integer(revision)] }

    static let schema = JSONSchema.object(
        [.required("id", .string()), .required("revision", .integer(0 ... .max), "Takes `fleet.wait`.")],
        closed: false)
}
