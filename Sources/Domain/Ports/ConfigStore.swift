package import JSONCoding

/// Where the configuration lives. The control plane decides, the store keeps.
///
/// All functions throw ``DependencyError``; lists throw ``PageRequest/BadCursor`` for a cursor they never gave.
package protocol ConfigStore: Sendable {
    /// Runs one change as one transaction: all of it is kept, with its outbox rows, or nothing.
    ///
    /// Writers are serialised by the revision counter's row lock, taken first, so revisions are consecutive and in
    /// commit order. On serialization failure or deadlock the body runs again. Errors of the body roll back and pass.
    func write<R: Sendable>(_ body: @Sendable (any ConfigTransaction) async throws -> R) async throws -> R

    /// The whole configuration at one revision, read in one consistent view.
    func snapshot() async throws -> ConfigSnapshot
    /// The revision last committed.
    func revision() async throws -> Int64
    func tenant(_ id: String) async throws -> Tenant?
    func tenants(_ page: PageRequest) async throws -> Page<Tenant>
    func channel(_ id: String) async throws -> Channel?
    func channels(tenantID: String?, type: ChannelType?, enabled: Bool?, _ page: PageRequest) async throws -> Page<
        Channel
    >
    /// Of a tenant (channelID nil: its own and all of its channels'), or of one channel.
    func secrets(tenantID: String, channelID: String?) async throws -> [StoredSecret]
    /// Of these channels, in any order.
    func secrets(of channels: [Channel]) async throws -> [StoredSecret]
    func function(_ id: String) async throws -> FunctionDefinition?
    /// A tenant's, by id.
    func functions(tenantID: String, _ page: PageRequest) async throws -> Page<FunctionDefinition>
    func webhook(_ id: String) async throws -> WebhookEndpoint?
    /// A tenant's, by id.
    func webhooks(tenantID: String, _ page: PageRequest) async throws -> Page<WebhookEndpoint>
    /// Those of which the value, or the one before, is sealed under another key than this: in the order of their keys,
    /// from the one behind `after` on.
    func secrets(notSealedUnder keyID: String, after: SecretKey?, limit: Int) async throws -> [StoredSecret]
    /// The ids of all keys that are needed to open what is stored.
    func sealingKeyIDs() async throws -> Set<String>
}

extension ConfigStore {
    package func secrets(of channels: [Channel]) async throws -> [StoredSecret] {
        var result: [StoredSecret] = []
        for channel in channels {
            result += try await secrets(tenantID: channel.tenantID, channelID: channel.id)
        }
        return result
    }
}

/// One transaction on the configuration. Entities read through it are locked against other writers.
package protocol ConfigTransaction: Sendable {
    func tenant(_ id: String) async throws -> Tenant?
    func channel(_ id: String) async throws -> Channel?
    func channels(tenantID: String) async throws -> [Channel]
    func secret(_ key: SecretKey) async throws -> StoredSecret?
    func secrets(tenantID: String, channelID: String?) async throws -> [StoredSecret]

    func function(_ id: String) async throws -> FunctionDefinition?
    func functions(tenantID: String) async throws -> [FunctionDefinition]
    func webhook(_ id: String) async throws -> WebhookEndpoint?
    func webhooks(tenantID: String) async throws -> [WebhookEndpoint]

    /// Inserts or replaces; gives the entity with its new revision, `updatedAt` now. Writes the outbox row.
    func save(_ tenant: Tenant) async throws -> Tenant
    func save(_ channel: Channel) async throws -> Channel
    func save(_ secret: StoredSecret) async throws -> StoredSecret
    func save(_ function: FunctionDefinition) async throws -> FunctionDefinition
    func save(_ webhook: WebhookEndpoint) async throws -> WebhookEndpoint
    /// Deletes that entity alone, writes its outbox row, gives the revision. What depends on it is deleted before, by
    /// the caller, so that each has its event. A tenant's messages, conversations and documents go with it.
    func deleteTenant(_ id: String) async throws -> Int64
    func deleteChannel(_ channel: Channel) async throws -> Int64
    func deleteSecret(_ key: SecretKey) async throws -> Int64
    func delete(_ function: FunctionDefinition) async throws -> Int64
    func delete(_ webhook: WebhookEndpoint) async throws -> Int64

    func token(_ id: String) async throws -> AccessToken?
    /// - Parameter hash: what is kept of the token itself.
    func insert(_ token: AccessToken, hash: String) async throws
    /// A token is no part of the configuration: this takes no revision.
    func deleteToken(_ id: String) async throws

    /// Keeps a line of the audit log, with this transaction or not at all.
    func record(_ entry: AuditEntry) async throws
    /// The revision of the last change, those of this transaction included.
    func revision() async throws -> Int64

    /// The result kept under an idempotency key less than 24 h ago; takes the key's lock, so that parallel duplicates
    /// wait for the first.
    func idempotent(caller: String, method: String, key: String) async throws -> IdempotentResult?
    func remember(caller: String, method: String, key: String, _ result: IdempotentResult) async throws
}

package struct IdempotentResult: Sendable, Hashable {
    /// Digest of the params that led to it.
    package var paramsDigest: String
    package var result: JSONValue

    package init(paramsDigest: String, result: JSONValue) {
        self.paramsDigest = paramsDigest
        self.result = result
    }
}

/// The outbox of committed config changes, for the one publisher that holds the lead.
package protocol ConfigOutbox: Sendable {
    /// Takes the lead (one holder in the whole fleet of control planes) and keeps it until `body` returns, throws, is
    /// cancelled, or the lead is lost (then `body` is cancelled). Waits while another holds it. `wake` in the session
    /// ends when new rows were committed.
    func lead<R: Sendable>(_ body: @escaping @Sendable (any ConfigOutboxSession) async throws -> R) async throws -> R
}

package protocol ConfigOutboxSession: Sendable {
    /// The oldest unpublished changes, in the order of their revisions.
    func unpublished(limit: Int) async throws -> [ConfigEvent]
    /// All up to this revision have been confirmed by the broker.
    func markPublished(through revision: Int64) async throws
    /// Returns when something was committed since the last call to ``unpublished(limit:)``, or after `milliseconds`.
    func wake(atMost milliseconds: Int64) async throws
}
