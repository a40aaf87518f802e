import ControlAPI
import Domain
import JSONRPC

extension ControlHandlers {
    func addSecrets(to registry: inout MethodRegistry<CallContext>) {
        addWrite(SecretSet.method, to: &registry) { params, transaction, context in
            let key = params.key
            try context.requireSight(of: key.tenantID)
            let type = try await ownerType(key, transaction)
            let names = StoredSecret.names(for: type)
            guard names.contains(key.name) else {
                throw RPCError.invalidParams(
                    "/name", "must be one of " + names.map { "\"\($0)\"" }.joined(separator: ", "))
            }
            let current = try await transaction.secret(key)
            try params.ifRevision.check(against: current?.revision ?? 0)
            let secret = try sealer.seal(
                params.secret.value, as: key, replacing: current, graceSeconds: params.graceSeconds, now: clock.now())
            return SecretSummary(try await transaction.save(secret))
        }

        registry.add(SecretList.method) { params, context in
            _ = try await tenant(params.tenantID, context)
            if let id = params.channelID {
                guard let channel = try await store.channel(id), channel.tenantID == params.tenantID else {
                    throw RPCError.notFound("channel")
                }
            }
            let secrets = try await store.secrets(tenantID: params.tenantID, channelID: params.channelID)
            return try Self.page(secrets.filter { !$0.key.isInternal }, params.page)
        }

        addWrite(SecretDelete.method, to: &registry) { params, transaction, context in
            try context.requireSight(of: params.key.tenantID)
            guard !params.key.isInternal, let secret = try await transaction.secret(params.key) else {
                throw RPCError.notFound("secret")
            }
            try params.ifRevision.check(against: secret.revision)
            return Deleted(id: params.key.eventID, revision: try await transaction.deleteSecret(params.key))
        }
    }

    /// The type of the channel that a secret is for; nil for a tenant's own.
    private func ownerType(_ key: SecretKey, _ transaction: Transaction) async throws -> ChannelType? {
        guard let id = key.channelID else {
            guard try await transaction.tenant(key.tenantID) != nil else { throw RPCError.notFound("tenant") }
            return nil
        }
        guard let channel = try await transaction.channel(id), channel.tenantID == key.tenantID else {
            throw RPCError.notFound("channel")
        }
        return channel.type
    }

    /// Secrets are few; the store gives them all. The cursor is the event id of the last one given.
    static func page(_ secrets: [StoredSecret], _ request: PageRequest) throws -> Page<SecretSummary> {
        if let cursor = request.cursor, !cursor.utf8.contains(UInt8(ascii: "/")) { throw PageRequest.BadCursor() }
        let sorted = secrets.sorted { $0.key.eventID < $1.key.eventID }
        let rest = sorted.drop { secret in request.cursor.map { secret.key.eventID <= $0 } ?? false }
        let items = rest.prefix(request.limit)
        return Page(
            items: items.map(SecretSummary.init),
            nextCursor: items.count < rest.count ? items.last?.key.eventID : nil)
    }
}
