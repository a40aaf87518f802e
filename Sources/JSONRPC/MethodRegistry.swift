package import JSONCoding

/// What a handler gives.
package enum RPCResult: Sendable {
    case value(JSONValue)
    /// JSON text that is already written, for results too large to build as a value first.
    case text([UInt8])
}

/// One call as its handler sees it.
package struct Invocation<Context: Sendable>: Sendable {
    package let method: String
    /// The params as they were given.
    package let params: JSONObject
    package let context: Context

    package init(method: String, params: JSONObject, context: Context) {
        self.method = method
        self.params = params
        self.context = context
    }
}

/// Methods with their handlers.
package struct MethodRegistry<Context: Sendable>: Sendable {
    struct Entry: Sendable {
        let authorize: @Sendable (Context) throws -> Void
        let call: @Sendable (Invocation<Context>) async throws -> RPCResult
    }

    private(set) var entries: [String: Entry] = [:]

    package init() {}

    package var names: [String] { entries.keys.sorted() }

    /// - Parameter authorize: throws for a caller that may not call this method at all; runs before the params are
    ///   read, so that such a caller learns nothing from them.
    package mutating func register<Params, Output>(
        _ method: Method<Params, Output>, authorize: @escaping @Sendable (Context) throws -> Void = { _ in },
        _ handler: @escaping @Sendable (Params, Invocation<Context>) async throws -> Output
    ) {
        registerEncoded(method, authorize: authorize) { params, invocation in
            .value(method.write(try await handler(params, invocation)))
        }
    }

    /// For handlers that write their result's JSON themselves.
    package mutating func registerEncoded<Params, Output>(
        _ method: Method<Params, Output>, authorize: @escaping @Sendable (Context) throws -> Void = { _ in },
        _ handler: @escaping @Sendable (Params, Invocation<Context>) async throws -> RPCResult
    ) {
        precondition(entries[method.info.name] == nil, "\(method.info.name) is registered twice")
        entries[method.info.name] = Entry(authorize: authorize) { invocation in
            let params = try JSONReader.read(.object(invocation.params), method.read)
            return try await handler(params, invocation)
        }
    }
}
