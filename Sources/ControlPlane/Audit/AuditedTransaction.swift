import Domain
import JSONCoding
import Synchronization

/// A transaction that notes what is done in it, for the audit log: no handler can forget to tell.
final class AuditedTransaction: ConfigTransaction {
    private struct Change {
        var entity: String
        var id: String
        var tenantID: String?
        var channelID: String?
        var changed: [String]
    }

    private struct State {
        /// What was read, as it was before.
        var known: [String: JSONValue] = [:]
        var changes: [Change] = []
    }

    private let inner: any ConfigTransaction
    private let state = Mutex(State())

    init(_ inner: any ConfigTransaction) { self.inner = inner }

    /// One line for the whole call.
    ///
    /// What the method is named after is the line's entity; secrets of a channel that were set with it stand among
    /// what has changed. Nil where the call has changed nothing.
    func entry(method: String, context: CallContext, at: Timestamp) -> AuditEntry? {
        let entity = method.prefix { $0 != "." }
        let changes = state.withLock { $0.changes }
        guard let main = changes.last(where: { $0.entity == entity }) ?? changes.last else { return nil }
        let secrets = changes.filter { $0.entity == "secret" && main.entity == "channel" && $0.channelID == main.id }
        return AuditEntry(
            at: at, actor: context.actor, method: method, entity: main.entity, entityID: main.id,
            tenantID: main.tenantID, channelID: main.channelID,
            changed: main.changed
                + secrets.filter { !$0.changed.isEmpty }.map { "secrets." + $0.id.drop { $0 != "/" }.dropFirst() },
            remoteAddress: context.remoteAddress)
    }

    private func seen(_ entity: String, _ id: String, _ json: JSONValue?) {
        guard let json else { return }
        state.withLock { if $0.known["\(entity) \(id)"] == nil { $0.known["\(entity) \(id)"] = json } }
    }

    private func note(
        _ entity: String, _ id: String, tenantID: String?, channelID: String? = nil, now: JSONValue?
    ) {
        state.withLock { state in
            let before = state.known["\(entity) \(id)"]
            state.changes.append(
                Change(
                    entity: entity, id: id, tenantID: tenantID, channelID: channelID,
                    changed: now.map { ChangedMembers.between(before, $0) } ?? []))
        }
    }

    // MARK: Reading

    func tenant(_ id: String) async throws -> Tenant? {
        let tenant = try await inner.tenant(id)
        seen("tenant", id, tenant?.json)
        return tenant
    }

    func channel(_ id: String) async throws -> Channel? {
        let channel = try await inner.channel(id)
        seen("channel", id, channel?.json)
        return channel
    }

    func channels(tenantID: String) async throws -> [Channel] { try await inner.channels(tenantID: tenantID) }

    func secret(_ key: SecretKey) async throws -> StoredSecret? {
        let secret = try await inner.secret(key)
        seen("secret", Self.id(of: key), secret.map(Self.shown))
        return secret
    }

    func secrets(tenantID: String, channelID: String?) async throws -> [StoredSecret] {
        try await inner.secrets(tenantID: tenantID, channelID: channelID)
    }

    func function(_ id: String) async throws -> FunctionDefinition? {
        let function = try await inner.function(id)
        seen("function", id, function?.json)
        return function
    }

    func functions(tenantID: String) async throws -> [FunctionDefinition] {
        try await inner.functions(tenantID: tenantID)
    }

    func webhook(_ id: String) async throws -> WebhookEndpoint? {
        let webhook = try await inner.webhook(id)
        seen("webhook", id, webhook?.json)
        return webhook
    }

    func webhooks(tenantID: String) async throws -> [WebhookEndpoint] {
        try await inner.webhooks(tenantID: tenantID)
    }

    func token(_ id: String) async throws -> AccessToken? { try await inner.token(id) }
    func revision() async throws -> Int64 { try await inner.revision() }

    // MARK: Writing

    func save(_ tenant: Tenant) async throws -> Tenant {
        let saved = try await inner.save(tenant)
        note("tenant", saved.id, tenantID: saved.id, now: saved.json)
        return saved
    }

    func save(_ channel: Channel) async throws -> Channel {
        let saved = try await inner.save(channel)
        note("channel", saved.id, tenantID: saved.tenantID, channelID: saved.id, now: saved.json)
        return saved
    }

    func save(_ secret: StoredSecret) async throws -> StoredSecret {
        let saved = try await inner.save(secret)
        note(
            "secret", Self.id(of: saved.key), tenantID: saved.key.tenantID, channelID: saved.key.channelID,
            now: Self.shown(saved))
        return saved
    }

    func deleteTenant(_ id: String) async throws -> Int64 {
        let revision = try await inner.deleteTenant(id)
        note("tenant", id, tenantID: id, now: nil)
        return revision
    }

    func deleteChannel(_ channel: Channel) async throws -> Int64 {
        let revision = try await inner.deleteChannel(channel)
        note("channel", channel.id, tenantID: channel.tenantID, channelID: channel.id, now: nil)
        return revision
    }

    func deleteSecret(_ key: SecretKey) async throws -> Int64 {
        let revision = try await inner.deleteSecret(key)
        note("secret", Self.id(of: key), tenantID: key.tenantID, channelID: key.channelID, now: nil)
        return revision
    }

    func save(_ function: FunctionDefinition) async throws -> FunctionDefinition {
        let saved = try await inner.save(function)
        note("function", saved.id, tenantID: saved.tenantID, now: saved.json)
        return saved
    }

    func save(_ webhook: WebhookEndpoint) async throws -> WebhookEndpoint {
        let saved = try await inner.save(webhook)
        note("webhook", saved.id, tenantID: saved.tenantID, now: saved.json)
        return saved
    }

    func delete(_ function: FunctionDefinition) async throws -> Int64 {
        let revision = try await inner.delete(function)
        note("function", function.id, tenantID: function.tenantID, now: nil)
        return revision
    }

    func delete(_ webhook: WebhookEndpoint) async throws -> Int64 {
        let revision = try await inner.delete(webhook)
        note("webhook", webhook.id, tenantID: webhook.tenantID, now: nil)
        return revision
    }

    func insert(_ token: AccessToken, hash: String) async throws {
        try await inner.insert(token, hash: hash)
        note("token", token.id, tenantID: token.tenantID, now: token.json)
    }

    func deleteToken(_ id: String) async throws {
        let token = try await inner.token(id)
        try await inner.deleteToken(id)
        note("token", id, tenantID: token?.tenantID, now: nil)
    }

    func record(_ entry: AuditEntry) async throws { try await inner.record(entry) }

    func idempotent(caller: String, method: String, key: String) async throws -> IdempotentResult? {
        try await inner.idempotent(caller: caller, method: method, key: key)
    }

    func remember(caller: String, method: String, key: String, _ result: IdempotentResult) async throws {
        try await inner.remember(caller: caller, method: method, key: key, result)
    }

    private static func id(of key: SecretKey) -> String { key.eventID }

    /// Of a secret that is new or has a new value: that. Not the sealed bytes, which differ each time.
    private static func shown(_ secret: StoredSecret) -> JSONValue {
        var object: JSONObject = ["value": .string(secret.fingerprint)]
        if let previous = secret.previous { object["grace"] = .string(previous.acceptedUntil.description) }
        return .object(object)
    }
}

extension CallContext {
    var actor: AuditEntry.Actor { AuditEntry.Actor(id: caller.id, name: caller.name, role: caller.role) }
}
