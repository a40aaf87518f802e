import ControlAPI
import Domain
import JSONCoding
import JSONRPC

extension ControlHandlers {
    typealias Transaction = any ConfigTransaction

    /// Adds a method whose work is one transaction on the configuration, and which happens once under one key.
    ///
    /// - Parameter shownOnce: members of the result that a repetition does not get.
    func addWrite<Params: WriteParams, Output>(
        _ method: ControlMethod<Params, Output>, to registry: inout MethodRegistry<CallContext>,
        shownOnce: Set<String> = [],
        _ body: @escaping @Sendable (Params, Transaction, CallContext) async throws -> Output
    ) {
        registry.addEncoded(method) { params, invocation in
            let context = invocation.context
            let digest = params.idempotencyKey == nil ? "" : digest(of: invocation.params)
            let result = try await store.write { inner -> JSONValue in
                if let key = params.idempotencyKey,
                    let kept = try await inner.idempotent(caller: context.caller.id, method: method.name, key: key)
                {
                    return try Self.replay(kept, digest: digest)
                }
                let transaction = AuditedTransaction(inner)
                let result = method.method.write(try await body(params, transaction, context))
                if let entry = transaction.entry(method: method.name, context: context, at: clock.now()) {
                    try await inner.record(entry)
                }
                if let key = params.idempotencyKey {
                    try await inner.remember(
                        caller: context.caller.id, method: method.name, key: key,
                        IdempotentResult(paramsDigest: digest, result: Self.without(shownOnce, result)))
                }
                return result
            }
            return .value(result)
        }
    }

    private static func without(_ members: Set<String>, _ result: JSONValue) -> JSONValue {
        guard !members.isEmpty, var object = result.object else { return result }
        for name in members { object[name] = nil }
        return .object(object)
    }

    /// The same for a method whose work is no transaction on the configuration.
    ///
    /// Parallel duplicates in this process wait for the first. In two processes at once both may do the work, which
    /// must therefore end in the same state when it is done twice; one result is kept, and both give it.
    ///
    /// - Parameter body: gives, beside its output, what the audit log says; nil where nothing was changed.
    func addDetachedWrite<Params: WriteParams, Output>(
        _ method: ControlMethod<Params, Output>, to registry: inout MethodRegistry<CallContext>,
        _ body: @escaping @Sendable (Params, CallContext) async throws -> (Output, Audited?)
    ) {
        @Sendable func entry(_ audited: Audited?, _ context: CallContext) -> AuditEntry? {
            audited.map { audited in
                AuditEntry(
                    at: clock.now(), actor: context.actor, method: method.name, entity: audited.entity,
                    entityID: audited.id, tenantID: audited.tenantID, channelID: nil, changed: audited.changed,
                    remoteAddress: context.remoteAddress)
            }
        }
        registry.addEncoded(method) { params, invocation in
            let context = invocation.context
            guard let key = params.idempotencyKey else {
                let (output, audited) = try await body(params, context)
                if let entry = entry(audited, context) { try await store.write { try await $0.record(entry) } }
                return .value(method.method.write(output))
            }
            let caller = context.caller.id
            let digest = digest(of: invocation.params)
            return try await keys.withLock([caller, method.name, key]) {
                let kept = try await store.write {
                    try await $0.idempotent(caller: caller, method: method.name, key: key)
                }
                if let kept { return .value(try Self.replay(kept, digest: digest)) }
                let (output, audited) = try await body(params, context)
                let result = method.method.write(output)
                return .value(
                    try await store.write { transaction -> JSONValue in
                        if let other = try await transaction.idempotent(
                            caller: caller, method: method.name, key: key)
                        {
                            return try Self.replay(other, digest: digest)
                        }
                        if let entry = entry(audited, context) { try await transaction.record(entry) }
                        try await transaction.remember(
                            caller: caller, method: method.name, key: key,
                            IdempotentResult(paramsDigest: digest, result: result))
                        return result
                    })
            }
        }
    }

    /// What the audit log says of a write that is no transaction on the configuration.
    struct Audited: Sendable {
        var entity: String
        var id: String
        var tenantID: String?
        var changed: [String] = []
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
