import ControlAPI
import Domain
import JSONCoding
import JSONRPC

extension ControlHandlers {
    typealias Transaction = any ConfigTransaction

    /// Adds a method whose work is one transaction on the configuration, and which happens once under one key.
    func addWrite<Params: WriteParams, Output>(
        _ method: ControlMethod<Params, Output>, to registry: inout MethodRegistry<CallContext>,
        _ body: @escaping @Sendable (Params, Transaction, CallContext) async throws -> Output
    ) {
        registry.addEncoded(method) { params, invocation in
            let context = invocation.context
            guard let key = params.idempotencyKey else {
                let output = try await store.write { try await body(params, $0, context) }
                return .value(method.method.write(output))
            }
            let digest = digest(of: invocation.params)
            let result = try await store.write { transaction -> JSONValue in
                let kept = try await transaction.idempotent(
                    caller: context.caller.id, method: method.name, key: key)
                if let kept { return try Self.replay(kept, digest: digest) }
                let result = method.method.write(try await body(params, transaction, context))
                try await transaction.remember(
                    caller: context.caller.id, method: method.name, key: key,
                    IdempotentResult(paramsDigest: digest, result: result))
                return result
            }
            return .value(result)
        }
    }

    /// The same for a method whose work is no transaction on the configuration.
    ///
    /// Parallel duplicates in this process wait for the first. In two processes at once both may do the work, which
    /// must therefore end in the same state when it is done twice; one result is kept, and both give it.
    func addDetachedWrite<Params: WriteParams, Output>(
        _ method: ControlMethod<Params, Output>, to registry: inout MethodRegistry<CallContext>,
        _ body: @escaping @Sendable (Params, CallContext) async throws -> Output
    ) {
        registry.addEncoded(method) { params, invocation in
            let context = invocation.context
            guard let key = params.idempotencyKey else {
                return .value(method.method.write(try await body(params, context)))
            }
            let caller = context.caller.id
            let digest = digest(of: invocation.params)
            return try await keys.withLock([caller, method.name, key]) {
                let kept = try await store.write {
                    try await $0.idempotent(caller: caller, method: method.name, key: key)
                }
                if let kept { return .value(try Self.replay(kept, digest: digest)) }
                let result = method.method.write(try await body(params, context))
                return .value(
                    try await store.write { transaction -> JSONValue in
                        if let other = try await transaction.idempotent(
                            caller: caller, method: method.name, key: key)
                        {
                            return try Self.replay(other, digest: digest)
                        }
                        try await transaction.remember(
                            caller: caller, method: method.name, key: key,
                            IdempotentResult(paramsDigest: digest, result: result))
                        return result
                    })
            }
        }
    }

    private static func replay(_ kept: IdempotentResult, digest: String) throws(RPCError) -> JSONValue {
        guard kept.paramsDigest == digest else {
            throw .conflict("the idempotency key was used with other params")
        }
        return kept.result
    }

    /// Tells params apart, whatever the order of their members. Keyed, since they may hold secrets.
    private func digest(of params: JSONObject) -> String {
        var params = params
        params["idempotencyKey"] = nil
        return sealer.fingerprint(of: JSONValue.object(params).canonical.text)
    }
}

extension JSONValue {
    /// The same value with the members of every object in the order of their names.
    var canonical: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let object):
            .object(
                JSONObject(distinct: object.members.map { ($0.key, $0.value.canonical) }.sorted { $0.0 < $1.0 }))
        default: self
        }
    }
}
