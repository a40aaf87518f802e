import Domain
import JSONCoding

// How the configuration's rows are read.

extension Tenant {
    static let columns = "id, name, settings, enabled, revision, created_at, updated_at"

    init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), name: try row.decode("name"), settings: try row.decode("settings"),
            enabled: try row.decode("enabled"), revision: try row.decode("revision"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"))
    }
}

extension Channel {
    static let columns = "id, tenant_id, type, name, config, enabled, revision, created_at, updated_at"

    init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), tenantID: try row.decode("tenant_id"), type: try row.word("type"),
            name: try row.decode("name"), config: try row.decode("config"), enabled: try row.decode("enabled"),
            revision: try row.decode("revision"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}

extension StoredSecret {
    static let columns = """
        tenant_id, channel_id, name, key_id, nonce, ciphertext, fingerprint, revision, updated_at, previous_key_id, \
        previous_nonce, previous_ciphertext, previous_until
        """

    init(_ row: PostgresRow) throws {
        let channel = try row.decode("channel_id", as: String.self)
        var previous: Previous?
        if let keyID = try row.decode("previous_key_id", as: String?.self) {
            previous = Previous(
                sealed: SealedBytes(
                    keyID: keyID, nonce: try row.decode("previous_nonce"),
                    ciphertext: try row.decode("previous_ciphertext")),
                acceptedUntil: try row.decode("previous_until"))
        }
        self.init(
            key: SecretKey(
                tenantID: try row.decode("tenant_id"), channelID: channel.isEmpty ? nil : channel,
                name: try row.decode("name")),
            sealed: SealedBytes(
                keyID: try row.decode("key_id"), nonce: try row.decode("nonce"),
                ciphertext: try row.decode("ciphertext")),
            fingerprint: try row.decode("fingerprint"), revision: try row.decode("revision"),
            updatedAt: try row.decode("updated_at"), previous: previous)
    }
}

extension ConfigEvent {
    init(_ row: PostgresRow) throws {
        self.init(
            revision: try row.decode("revision"), entity: try row.word("entity"),
            operation: try row.word("operation"), id: try row.decode("id"), tenantID: try row.decode("tenant_id"),
            data: try row.decode("data"))
    }
}

extension AccessToken {
    static let columns = "id, name, role, tenant_id, created_at, expires_at"

    init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), name: try row.decode("name"), role: try row.word("role"),
            tenantID: try row.decode("tenant_id"), createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"))
    }
}

extension AuditEntry {
    static let columns = """
        no, at, actor_id, actor_name, actor_role, method, entity, entity_id, tenant_id, channel_id, changed, \
        remote_address
        """

    init(_ row: PostgresRow) throws {
        self.init(
            number: try row.decode("no"), at: try row.decode("at"),
            actor: Actor(
                id: try row.decode("actor_id"), name: try row.decode("actor_name"), role: try row.word("actor_role")),
            method: try row.decode("method"), entity: try row.decode("entity"), entityID: try row.decode("entity_id"),
            tenantID: try row.decode("tenant_id"), channelID: try row.decode("channel_id"),
            changed: try row.decode("changed"), remoteAddress: try row.decode("remote_address"))
    }
}

/// Reads of the configuration that a store and a transaction have in common.
struct ConfigReader {
    var executor: any PostgresExecutor
    /// Appended to every SELECT: locks for a transaction.
    var suffix = ""

    private func query(_ sql: String, _ parameters: [any PostgresEncodable]) async throws -> PostgresRows {
        try await executor.query(sql + suffix, parameters)
    }

    func tenant(_ id: String) async throws -> Tenant? {
        try await query("SELECT \(Tenant.columns) FROM tenants WHERE id = $1", [id.storable]).first.map(Tenant.init)
    }

    func channel(_ id: String) async throws -> Channel? {
        try await query("SELECT \(Channel.columns) FROM channels WHERE id = $1", [id.storable]).first.map(Channel.init)
    }

    func channels(tenantID: String) async throws -> [Channel] {
        try await query(
            "SELECT \(Channel.columns) FROM channels WHERE tenant_id = $1 ORDER BY id", [tenantID.storable]
        ).map(Channel.init)
    }

    func secret(_ key: SecretKey) async throws -> StoredSecret? {
        try await query(
            "SELECT \(StoredSecret.columns) FROM secrets WHERE tenant_id = $1 AND channel_id = $2 AND name = $3",
            [key.tenantID.storable, (key.channelID ?? "").storable, key.name.storable]
        ).first.map(StoredSecret.init)
    }

    func secrets(tenantID: String, channelID: String?) async throws -> [StoredSecret] {
        try await query(
            """
            SELECT \(StoredSecret.columns) FROM secrets
            WHERE tenant_id = $1 AND ($2::text IS NULL OR channel_id = $2) ORDER BY channel_id, name
            """, [tenantID.storable, channelID?.storable]
        ).map(StoredSecret.init)
    }
}
