import Domain
import JSONCoding
import Synchronization

/// One change of the configuration, under the lock of `config_head`.
///
/// Because that row is locked, the next revision is known here, and an entity with its outbox row takes one round trip.
final class PostgresConfigTransaction: ConfigTransaction {
    private let transaction: PostgresTransaction
    private let now: Timestamp
    private let onConflict: @Sendable () -> Void
    private let revision: Mutex<Int64>
    private let written = Mutex<[ConfigEvent]>([])

    init(
        _ transaction: PostgresTransaction, revision: Int64, now: Timestamp, onConflict: @escaping @Sendable () -> Void
    ) {
        self.transaction = transaction
        self.revision = Mutex(revision)
        self.now = now
        self.onConflict = onConflict
    }

    private var reader: ConfigReader { ConfigReader(executor: transaction, suffix: " FOR UPDATE") }

    private func storing<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as DatabaseError {
            if error.isRetryable { onConflict() }
            throw DependencyError(error)
        }
    }

    private func nextRevision() -> Int64 {
        revision.withLock { revision in
            revision += 1
            return revision
        }
    }

    /// What was changed so far.
    var events: [ConfigEvent] { written.withLock { $0 } }

    /// Runs a change with what makes it known: the new head, the outbox row, the publisher's wake-up.
    private func commit(_ event: ConfigEvent, _ change: [PostgresStatement]) async throws {
        try await storing {
            _ = try await transaction.batch(
                change + [
                    PostgresStatement("UPDATE config_head SET revision = $1", [event.revision]),
                    PostgresStatement(
                        """
                        INSERT INTO config_outbox (revision, entity, operation, id, tenant_id, data)
                        VALUES ($1, $2, $3, $4, $5, $6)
                        """,
                        [
                            event.revision, event.entity.rawValue, event.operation.rawValue, event.id, event.tenantID,
                            event.data,
                        ]),
                    PostgresStatement("SELECT pg_notify($1, '')", [PostgresConfigStore.outboxChannel]),
                ])
        }
        written.withLock { $0.append(event) }
    }

    func tenant(_ id: String) async throws -> Tenant? { try await storing { try await reader.tenant(id) } }

    func channel(_ id: String) async throws -> Channel? { try await storing { try await reader.channel(id) } }

    func channels(tenantID: String) async throws -> [Channel] {
        try await storing { try await reader.channels(tenantID: tenantID) }
    }

    func secret(_ key: SecretKey) async throws -> StoredSecret? {
        try await storing { try await reader.secret(key) }
    }

    func secrets(tenantID: String, channelID: String?) async throws -> [StoredSecret] {
        try await storing { try await reader.secrets(tenantID: tenantID, channelID: channelID) }
    }
}

// MARK: Changes

extension PostgresConfigTransaction {
    func save(_ tenant: Tenant) async throws -> Tenant {
        var tenant = tenant
        tenant.revision = nextRevision()
        tenant.updatedAt = now
        let event = ConfigEvent(
            revision: tenant.revision, entity: .tenant, operation: .upsert, id: tenant.id, tenantID: tenant.id,
            data: tenant.json)
        try await commit(
            event,
            [
                PostgresStatement(
                    """
                    INSERT INTO tenants (\(Tenant.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)
                    ON CONFLICT (id) DO UPDATE SET name = $2, settings = $3, enabled = $4, revision = $5, updated_at = $7
                    """,
                    [
                        tenant.id, tenant.name.storable, tenant.settings, tenant.enabled, tenant.revision,
                        tenant.createdAt, tenant.updatedAt,
                    ])
            ])
        return tenant
    }

    func save(_ channel: Channel) async throws -> Channel {
        var channel = channel
        channel.revision = nextRevision()
        channel.updatedAt = now
        let event = ConfigEvent(
            revision: channel.revision, entity: .channel, operation: .upsert, id: channel.id,
            tenantID: channel.tenantID, data: channel.json)
        try await commit(
            event,
            [
                PostgresStatement(
                    """
                    INSERT INTO channels (\(Channel.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    ON CONFLICT (id) DO UPDATE SET tenant_id = $2, type = $3, name = $4, config = $5, enabled = $6,
                        revision = $7, updated_at = $9
                    """,
                    [
                        channel.id, channel.tenantID, channel.type.rawValue, channel.name?.storable, channel.config,
                        channel.enabled, channel.revision, channel.createdAt, channel.updatedAt,
                    ])
            ])
        return channel
    }

    func save(_ secret: StoredSecret) async throws -> StoredSecret {
        var secret = secret
        secret.revision = nextRevision()
        secret.updatedAt = now
        let event = ConfigEvent(
            revision: secret.revision, entity: .secret, operation: .upsert, id: secret.key.eventID,
            tenantID: secret.key.tenantID, data: secret.json)
        try await commit(
            event,
            [
                PostgresStatement(
                    """
                    INSERT INTO secrets (\(StoredSecret.columns))
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                    ON CONFLICT (tenant_id, channel_id, name) DO UPDATE SET key_id = $4, nonce = $5, ciphertext = $6,
                        fingerprint = $7, revision = $8, updated_at = $9, previous_key_id = $10, previous_nonce = $11,
                        previous_ciphertext = $12, previous_until = $13
                    """,
                    [
                        secret.key.tenantID, secret.key.channelID ?? "", secret.key.name, secret.sealed.keyID,
                        secret.sealed.nonce, secret.sealed.ciphertext, secret.fingerprint, secret.revision,
                        secret.updatedAt, secret.previous?.sealed.keyID, secret.previous?.sealed.nonce,
                        secret.previous?.sealed.ciphertext, secret.previous?.acceptedUntil,
                    ])
            ])
        return secret
    }

    func deleteTenant(_ id: String) async throws -> Int64 {
        let revision = nextRevision()
        // Years of messages take longer than a statement usually may.
        try await storing {
            _ = try await transaction.batch(
                [
                    PostgresStatement("DELETE FROM conversations WHERE tenant_id = $1", [id.storable]),
                    PostgresStatement("DELETE FROM tenants WHERE id = $1", [id.storable]),
                ], timeout: .seconds(600))
        }
        try await commit(deletion(revision, .tenant, id: id, tenantID: id), [])
        return revision
    }

    func deleteChannel(_ channel: Channel) async throws -> Int64 {
        let revision = nextRevision()
        try await commit(
            deletion(revision, .channel, id: channel.id, tenantID: channel.tenantID),
            [PostgresStatement("DELETE FROM channels WHERE id = $1", [channel.id])])
        return revision
    }

    func deleteSecret(_ key: SecretKey) async throws -> Int64 {
        let revision = nextRevision()
        try await commit(
            deletion(revision, .secret, id: key.eventID, tenantID: key.tenantID),
            [
                PostgresStatement(
                    "DELETE FROM secrets WHERE tenant_id = $1 AND channel_id = $2 AND name = $3",
                    [key.tenantID, key.channelID ?? "", key.name])
            ])
        return revision
    }

    private func deletion(
        _ revision: Int64, _ entity: ConfigEvent.Entity, id: String, tenantID: String
    ) -> ConfigEvent {
        ConfigEvent(revision: revision, entity: entity, operation: .delete, id: id, tenantID: tenantID, data: .null)
    }
}

// MARK: Functions and webhooks

extension PostgresConfigTransaction {
    func function(_ id: String) async throws -> FunctionDefinition? {
        try await storing {
            try await transaction.query(
                "SELECT \(FunctionDefinition.columns) FROM functions WHERE id = $1 FOR UPDATE", [id.storable]
            ).first.map(FunctionDefinition.init)
        }
    }

    func functions(tenantID: String) async throws -> [FunctionDefinition] {
        try await storing {
            try await transaction.query(
                "SELECT \(FunctionDefinition.columns) FROM functions WHERE tenant_id = $1 ORDER BY id FOR UPDATE",
                [tenantID.storable]
            ).map(FunctionDefinition.init)
        }
    }

    func webhook(_ id: String) async throws -> WebhookEndpoint? {
        try await storing {
            try await transaction.query(
                "SELECT \(WebhookEndpoint.columns) FROM webhooks WHERE id = $1 FOR UPDATE", [id.storable]
            ).first.map(WebhookEndpoint.init)
        }
    }

    func webhooks(tenantID: String) async throws -> [WebhookEndpoint] {
        try await storing {
            try await transaction.query(
                "SELECT \(WebhookEndpoint.columns) FROM webhooks WHERE tenant_id = $1 ORDER BY id FOR UPDATE",
                [tenantID.storable]
            ).map(WebhookEndpoint.init)
        }
    }

    func save(_ function: FunctionDefinition) async throws -> FunctionDefinition {
        var function = function
        function.revision = nextRevision()
        function.updatedAt = now
        try await commit(
            ConfigEvent(
                revision: function.revision, entity: .function, operation: .upsert, id: function.id,
                tenantID: function.tenantID, data: function.json), [function.upsert])
        return function
    }

    func save(_ webhook: WebhookEndpoint) async throws -> WebhookEndpoint {
        var webhook = webhook
        webhook.revision = nextRevision()
        webhook.updatedAt = now
        try await commit(
            ConfigEvent(
                revision: webhook.revision, entity: .webhook, operation: .upsert, id: webhook.id,
                tenantID: webhook.tenantID, data: webhook.json), [webhook.upsert])
        return webhook
    }

    func delete(_ function: FunctionDefinition) async throws -> Int64 {
        let revision = nextRevision()
        try await commit(
            deletion(revision, .function, id: function.id, tenantID: function.tenantID),
            [PostgresStatement("DELETE FROM functions WHERE id = $1", [function.id])])
        return revision
    }

    func delete(_ webhook: WebhookEndpoint) async throws -> Int64 {
        let revision = nextRevision()
        try await commit(
            deletion(revision, .webhook, id: webhook.id, tenantID: webhook.tenantID),
            [PostgresStatement("DELETE FROM webhooks WHERE id = $1", [webhook.id])])
        return revision
    }
}

// MARK: Access

extension PostgresConfigTransaction {
    func revision() async throws -> Int64 { revision.withLock { $0 } }

    func token(_ id: String) async throws -> AccessToken? {
        try await storing {
            try await transaction.query(
                "SELECT \(AccessToken.columns) FROM tokens WHERE id = $1 FOR UPDATE", [id.storable]
            ).first.map(AccessToken.init)
        }
    }

    func insert(_ token: AccessToken, hash: String) async throws {
        _ = try await storing {
            try await transaction.query(
                "INSERT INTO tokens (\(AccessToken.columns), hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                [
                    token.id, token.name.storable, token.role.rawValue, token.tenantID, token.createdAt,
                    token.expiresAt, hash,
                ])
        }
    }

    func deleteToken(_ id: String) async throws {
        _ = try await storing { try await transaction.query("DELETE FROM tokens WHERE id = $1", [id.storable]) }
    }

    func record(_ entry: AuditEntry) async throws {
        _ = try await storing {
            try await transaction.query(
                """
                INSERT INTO audit (at, actor_id, actor_name, actor_role, method, entity, entity_id, tenant_id, channel_id,
                    changed, remote_address)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """,
                [
                    now, entry.actor.id.storable, entry.actor.name.storable, entry.actor.role.rawValue, entry.method,
                    entry.entity, entry.entityID.storable, entry.tenantID?.storable, entry.channelID?.storable,
                    entry.changed.map(\.storable), entry.remoteAddress.storable,
                ])
        }
    }
}

// MARK: Idempotency

extension PostgresConfigTransaction {
    /// The lock of `config_head` is the key's lock as well: a parallel duplicate waits for it.
    func idempotent(caller: String, method: String, key: String) async throws -> IdempotentResult? {
        try await storing {
            let rows = try await transaction.query(
                """
                SELECT params_digest, result FROM idempotency
                WHERE caller = $1 AND method = $2 AND key = $3 AND created_at > $4
                """, [caller.storable, method.storable, key.storable, now.adding(milliseconds: -86_400_000)])
            return try rows.first.map {
                IdempotentResult(paramsDigest: try $0.decode("params_digest"), result: try $0.decode("result"))
            }
        }
    }

    func remember(caller: String, method: String, key: String, _ result: IdempotentResult) async throws {
        try await storing {
            _ = try await transaction.batch([
                PostgresStatement(
                    """
                    INSERT INTO idempotency (caller, method, key, params_digest, result, created_at)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (caller, method, key) DO UPDATE SET params_digest = $4, result = $5, created_at = $6
                    """,
                    [
                        caller.storable, method.storable, key.storable, result.paramsDigest.storable, result.result,
                        now,
                    ]),
                PostgresStatement(
                    """
                    DELETE FROM idempotency WHERE (caller, method, key) IN (
                        SELECT caller, method, key FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT 20)
                    """, [now.adding(milliseconds: -86_400_000)]),
            ])
        }
    }
}
