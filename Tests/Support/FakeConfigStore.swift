package import Domain
import JSONCoding
import Synchronization

/// The configuration in memory, with its outbox. Transactions run one after the other, all or nothing.
package final class FakeConfigStore: ConfigStore, AccessStore, ConfigOutbox, Sendable {
    package struct State: Sendable {
        package var revision: Int64 = 0
        package var tenants: [String: Tenant] = [:]
        package var channels: [String: Channel] = [:]
        package var secrets: [SecretKey: StoredSecret] = [:]
        package var outbox: [ConfigEvent] = []
        /// Revisions up to here are published.
        package var published: Int64 = 0
        package var results: [[String]: IdempotentResult] = [:]
        package var functions: [String: FunctionDefinition] = [:]
        package var webhooks: [String: WebhookEndpoint] = [:]
        package var tokens: [String: AccessToken] = [:]
        package var hashes: [String: String] = [:]
        package var audit: [AuditEntry] = []
    }

    private let state = Mutex(State())
    private let failure = Mutex<DependencyError?>(nil)
    private let writing = FakeLock()
    private let leading = FakeLock()
    private let committed = FakeSignal()

    package init() {}

    /// Everything that is committed.
    package var committedState: State { state.withLock { $0 } }

    /// While set, every call fails with it.
    package func fail(with error: DependencyError?) { failure.withLock { $0 = error } }

    fileprivate func check() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    package func write<R: Sendable>(
        _ body: @Sendable (any ConfigTransaction) async throws -> R
    ) async throws -> R {
        try check()
        try await writing.lock()
        defer { writing.unlock() }
        let transaction = FakeTransaction(state: state.withLock { $0 })
        let result = try await body(transaction)
        try check()
        let new = transaction.current
        state.withLock { state in
            let published = state.published
            state = new
            state.published = published
        }
        committed.signal()
        return result
    }

    package func snapshot() throws -> ConfigSnapshot {
        try check()
        return state.withLock { state in
            ConfigSnapshot(
                revision: state.revision, tenants: state.tenants.values.sorted { $0.id < $1.id },
                channels: state.channels.values.sorted { $0.id < $1.id },
                secrets: state.secrets.values.sorted { $0.key.sealingContext < $1.key.sealingContext },
                functions: state.functions.values.sorted { $0.id < $1.id },
                webhooks: state.webhooks.values.sorted { $0.id < $1.id })
        }
    }

    package func revision() throws -> Int64 {
        try check()
        return state.withLock { $0.revision }
    }

    package func tenant(_ id: String) throws -> Tenant? {
        try check()
        return state.withLock { $0.tenants[id] }
    }

    package func tenants(_ page: PageRequest) throws -> Page<Tenant> {
        try check()
        return try FakePages.page(state.withLock { Array($0.tenants.values) }, page) { $0.id }
    }

    package func channel(_ id: String) throws -> Channel? {
        try check()
        return state.withLock { $0.channels[id] }
    }

    package func channels(
        tenantID: String?, type: ChannelType?, enabled: Bool?, _ page: PageRequest
    ) throws -> Page<Channel> {
        try check()
        let all = state.withLock { state in
            state.channels.values.filter {
                (tenantID ?? $0.tenantID) == $0.tenantID && (type ?? $0.type) == $0.type
                    && (enabled ?? $0.enabled) == $0.enabled
            }
        }
        return try FakePages.page(all, page) { $0.id }
    }

    package func secrets(tenantID: String, channelID: String?) throws -> [StoredSecret] {
        try check()
        return state.withLock { state in
            state.secrets.values.filter {
                $0.key.tenantID == tenantID && (channelID == nil || $0.key.channelID == channelID)
            }
        }
    }

    package func secrets(notSealedUnder keyID: String, after: SecretKey?, limit: Int) throws -> [StoredSecret] {
        try check()
        return state.withLock { state in
            Array(
                state.secrets.values.filter { secret in
                    (secret.sealed.keyID != keyID || (secret.previous?.sealed.keyID ?? keyID) != keyID)
                        && (after.map { $0.sealingContext < secret.key.sealingContext } ?? true)
                }.sorted { $0.key.sealingContext < $1.key.sealingContext }.prefix(limit))
        }
    }

    package func sealingKeyIDs() throws -> Set<String> {
        try check()
        return state.withLock {
            Set($0.secrets.values.flatMap { [$0.sealed.keyID, $0.previous?.sealed.keyID] }.compactMap(\.self))
        }
    }

    package func function(_ id: String) throws -> FunctionDefinition? {
        try check()
        return state.withLock { $0.functions[id] }
    }

    package func functions(tenantID: String, _ page: PageRequest) throws -> Page<FunctionDefinition> {
        try check()
        return try FakePages.page(
            state.withLock { $0.functions.values.filter { $0.tenantID == tenantID } }, page
        ) { $0.id }
    }

    package func webhook(_ id: String) throws -> WebhookEndpoint? {
        try check()
        return state.withLock { $0.webhooks[id] }
    }

    package func webhooks(tenantID: String, _ page: PageRequest) throws -> Page<WebhookEndpoint> {
        try check()
        return try FakePages.page(
            state.withLock { $0.webhooks.values.filter { $0.tenantID == tenantID } }, page
        ) { $0.id }
    }

    package func token(hash: String) throws -> AccessToken? {
        try check()
        return state.withLock { state in state.hashes[hash].flatMap { state.tokens[$0] } }
    }

    package func tokens(_ page: PageRequest) throws -> Page<AccessToken> {
        try check()
        return try FakePages.page(state.withLock { Array($0.tokens.values) }, page) { $0.id }
    }

    package func audit(_ filter: AuditFilter, _ page: PageRequest) throws -> Page<AuditEntry> {
        try check()
        let found = state.withLock { state in
            state.audit.reversed().filter {
                (filter.tenantID ?? $0.tenantID) == $0.tenantID && (filter.entity ?? $0.entity) == $0.entity
                    && (filter.entityID ?? $0.entityID) == $0.entityID
                    && (filter.actorID ?? $0.actor.id) == $0.actor.id && (filter.method ?? $0.method) == $0.method
            }
        }
        return Page(items: Array(found.prefix(page.limit)), nextCursor: nil)
    }

    package func lead<R: Sendable>(
        _ body: @escaping @Sendable (any ConfigOutboxSession) async throws -> R
    ) async throws -> R {
        try check()
        try await leading.lock()
        defer { leading.unlock() }
        try Task.checkCancellation()
        return try await body(FakeOutboxSession(store: self))
    }

    fileprivate func unpublished(limit: Int) throws -> [ConfigEvent] {
        try check()
        return state.withLock { state in
            Array(state.outbox.filter { $0.revision > state.published }.prefix(limit))
        }
    }

    fileprivate func markPublished(through revision: Int64) throws {
        try check()
        state.withLock { $0.published = max($0.published, revision) }
    }

    /// How many commits there were.
    fileprivate var commits: Int { committed.count }

    fileprivate func waitForCommit(after count: Int, atMost milliseconds: Int64) async throws {
        try check()
        await committed.wait(after: count, atMost: .milliseconds(milliseconds))
    }
}

private struct FakeOutboxSession: ConfigOutboxSession {
    let store: FakeConfigStore

    func unpublished(limit: Int) async throws -> [ConfigEvent] { try store.unpublished(limit: limit) }
    func markPublished(through revision: Int64) async throws { try store.markPublished(through: revision) }

    func wake(atMost milliseconds: Int64) async throws {
        let commits = store.commits
        guard try store.unpublished(limit: 1).isEmpty else { return }
        try await store.waitForCommit(after: commits, atMost: milliseconds)
    }
}

/// A transaction on a copy of the state, which becomes the state when it is committed.
private final class FakeTransaction: ConfigTransaction {
    private let state: Mutex<FakeConfigStore.State>

    init(state: FakeConfigStore.State) { self.state = Mutex(state) }

    var current: FakeConfigStore.State { state.withLock { $0 } }

    func tenant(_ id: String) -> Tenant? { state.withLock { $0.tenants[id] } }
    func channel(_ id: String) -> Channel? { state.withLock { $0.channels[id] } }
    func channels(tenantID: String) -> [Channel] {
        state.withLock { $0.channels.values.filter { $0.tenantID == tenantID }.sorted { $0.id < $1.id } }
    }
    func secret(_ key: SecretKey) -> StoredSecret? { state.withLock { $0.secrets[key] } }
    func secrets(tenantID: String, channelID: String?) -> [StoredSecret] {
        state.withLock { state in
            state.secrets.values.filter {
                $0.key.tenantID == tenantID && (channelID == nil || $0.key.channelID == channelID)
            }.sorted { $0.key.eventID < $1.key.eventID }
        }
    }

    private func event(
        _ entity: ConfigEvent.Entity, _ operation: ConfigEvent.Operation, _ id: String, _ tenantID: String,
        _ write: (inout FakeConfigStore.State, Int64) -> JSONValue
    ) -> Int64 {
        state.withLock { state in
            state.revision += 1
            let revision = state.revision
            let data = write(&state, revision)
            state.outbox.append(
                ConfigEvent(
                    revision: revision, entity: entity, operation: operation, id: id, tenantID: tenantID, data: data))
            return revision
        }
    }

    func save(_ tenant: Tenant) -> Tenant {
        var tenant = tenant
        _ = event(.tenant, .upsert, tenant.id, tenant.id) { state, revision in
            tenant.revision = revision
            state.tenants[tenant.id] = tenant
            return tenant.json
        }
        return tenant
    }

    func save(_ channel: Channel) -> Channel {
        var channel = channel
        _ = event(.channel, .upsert, channel.id, channel.tenantID) { state, revision in
            channel.revision = revision
            state.channels[channel.id] = channel
            return channel.json
        }
        return channel
    }

    func save(_ secret: StoredSecret) -> StoredSecret {
        var secret = secret
        _ = event(.secret, .upsert, secret.key.eventID, secret.key.tenantID) { state, revision in
            secret.revision = revision
            state.secrets[secret.key] = secret
            return secret.json
        }
        return secret
    }

    func function(_ id: String) -> FunctionDefinition? { state.withLock { $0.functions[id] } }
    func functions(tenantID: String) -> [FunctionDefinition] {
        state.withLock { $0.functions.values.filter { $0.tenantID == tenantID }.sorted { $0.id < $1.id } }
    }
    func webhook(_ id: String) -> WebhookEndpoint? { state.withLock { $0.webhooks[id] } }
    func webhooks(tenantID: String) -> [WebhookEndpoint] {
        state.withLock { $0.webhooks.values.filter { $0.tenantID == tenantID }.sorted { $0.id < $1.id } }
    }

    func save(_ function: FunctionDefinition) -> FunctionDefinition {
        var function = function
        _ = event(.function, .upsert, function.id, function.tenantID) { state, revision in
            function.revision = revision
            state.functions[function.id] = function
            return function.json
        }
        return function
    }

    func save(_ webhook: WebhookEndpoint) -> WebhookEndpoint {
        var webhook = webhook
        _ = event(.webhook, .upsert, webhook.id, webhook.tenantID) { state, revision in
            webhook.revision = revision
            state.webhooks[webhook.id] = webhook
            return webhook.json
        }
        return webhook
    }

    func delete(_ function: FunctionDefinition) -> Int64 {
        event(.function, .delete, function.id, function.tenantID) { state, _ in
            state.functions[function.id] = nil
            return .null
        }
    }

    func delete(_ webhook: WebhookEndpoint) -> Int64 {
        event(.webhook, .delete, webhook.id, webhook.tenantID) { state, _ in
            state.webhooks[webhook.id] = nil
            return .null
        }
    }

    func revision() -> Int64 { state.withLock { $0.revision } }
    func token(_ id: String) -> AccessToken? { state.withLock { $0.tokens[id] } }

    func insert(_ token: AccessToken, hash: String) {
        state.withLock { state in
            state.tokens[token.id] = token
            state.hashes[hash] = token.id
        }
    }

    func deleteToken(_ id: String) { state.withLock { $0.tokens[id] = nil } }

    func record(_ entry: AuditEntry) {
        state.withLock { state in
            var entry = entry
            entry.number = Int64(state.audit.count + 1)
            state.audit.append(entry)
        }
    }

    func deleteTenant(_ id: String) -> Int64 {
        event(.tenant, .delete, id, id) { state, _ in
            precondition(!state.channels.values.contains { $0.tenantID == id }, "channels are left")
            precondition(!state.secrets.keys.contains { $0.tenantID == id }, "secrets are left")
            state.tenants[id] = nil
            state.tokens = state.tokens.filter { $0.value.tenantID != id }
            return .null
        }
    }

    func deleteChannel(_ channel: Channel) -> Int64 {
        event(.channel, .delete, channel.id, channel.tenantID) { state, _ in
            precondition(!state.secrets.keys.contains { $0.channelID == channel.id }, "secrets are left")
            state.channels[channel.id] = nil
            return .null
        }
    }

    func deleteSecret(_ key: SecretKey) -> Int64 {
        event(.secret, .delete, key.eventID, key.tenantID) { state, _ in
            state.secrets[key] = nil
            return .null
        }
    }

    func idempotent(caller: String, method: String, key: String) -> IdempotentResult? {
        state.withLock { $0.results[[caller, method, key]] }
    }

    func remember(caller: String, method: String, key: String, _ result: IdempotentResult) {
        state.withLock { $0.results[[caller, method, key]] = result }
    }
}
