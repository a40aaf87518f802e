package import Domain
import JSONCoding

/// The configuration in PostgreSQL.
package struct PostgresConfigStore: ConfigStore {
    let pool: PostgresPool
    private let committed: CommittedEvents?

    /// - Parameter committed: takes what each write has committed.
    package init(_ pool: PostgresPool, committed: CommittedEvents? = nil) {
        self.pool = pool
        self.committed = committed
    }

    /// NOTIFY's channel: something has been added to the outbox.
    static let outboxChannel = "metachat_config"

    package func write<R: Sendable>(
        _ body: @Sendable (any ConfigTransaction) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            let conflict = Once<Void>()
            do {
                let (result, events) = try await storing {
                    try await pool.withTransaction { transaction in
                        let head = try await transaction.query(
                            "SELECT revision, clock_timestamp() AS now FROM config_head FOR UPDATE"
                        ).single()
                        let writer = PostgresConfigTransaction(
                            transaction, revision: try head.decode("revision"), now: try head.decode("now"),
                            onConflict: { conflict.resolve(()) })
                        return (try await body(writer), writer.events)
                    }
                }
                committed?.offer(events)
                return result
            } catch let error where conflict.isResolved && attempt < 5 && !(error is CancellationError) {
                // Within the body the loss against another transaction has already become a `DependencyError`.
                attempt += 1
            }
        }
    }

    package func snapshot() async throws -> ConfigSnapshot {
        try await storing {
            try await pool.withTransaction(isolation: .repeatableRead) { transaction in
                let results = try await transaction.batch([
                    PostgresStatement("SELECT revision FROM config_head"),
                    PostgresStatement("SELECT \(Tenant.columns) FROM tenants ORDER BY id"),
                    PostgresStatement("SELECT \(Channel.columns) FROM channels ORDER BY id"),
                    PostgresStatement(
                        "SELECT \(StoredSecret.columns) FROM secrets ORDER BY tenant_id, channel_id, name"),
                    PostgresStatement("SELECT \(FunctionDefinition.columns) FROM functions ORDER BY id"),
                    PostgresStatement("SELECT \(WebhookEndpoint.columns) FROM webhooks ORDER BY id"),
                ])
                return ConfigSnapshot(
                    revision: try results[0].single().decode(0), tenants: try results[1].map(Tenant.init),
                    channels: try results[2].map(Channel.init), secrets: try results[3].map(StoredSecret.init),
                    functions: try results[4].map(FunctionDefinition.init),
                    webhooks: try results[5].map(WebhookEndpoint.init))
            }
        }
    }

    package func revision() async throws -> Int64 {
        try await storing { try await pool.query("SELECT revision FROM config_head").single().decode(0) }
    }

    package func tenant(_ id: String) async throws -> Tenant? {
        try await storing { try await ConfigReader(executor: pool).tenant(id) }
    }

    package func tenants(_ page: PageRequest) async throws -> Page<Tenant> {
        let after = try Cursor.read(page.cursor, "t", fields: 1)
        return try await storing {
            let rows = try await pool.query(
                "SELECT \(Tenant.columns) FROM tenants WHERE ($1::text IS NULL OR id > $1) ORDER BY id LIMIT $2",
                [after?[0], page.boundedLimit + 1])
            return try Page(rows, limit: page.boundedLimit, Tenant.init) { Cursor.make("t", $0.id) }
        }
    }

    package func channel(_ id: String) async throws -> Channel? {
        try await storing { try await ConfigReader(executor: pool).channel(id) }
    }

    package func channels(
        tenantID: String?, type: ChannelType?, enabled: Bool?, _ page: PageRequest
    ) async throws -> Page<Channel> {
        let after = try Cursor.read(page.cursor, "c", fields: 1)
        return try await storing {
            let rows = try await pool.query(
                """
                SELECT \(Channel.columns) FROM channels
                WHERE ($1::text IS NULL OR tenant_id = $1) AND ($2::text IS NULL OR type = $2)
                    AND ($3::boolean IS NULL OR enabled = $3) AND ($4::text IS NULL OR id > $4)
                ORDER BY id LIMIT $5
                """, [tenantID?.storable, type?.rawValue, enabled, after?[0], page.boundedLimit + 1])
            return try Page(rows, limit: page.boundedLimit, Channel.init) { Cursor.make("c", $0.id) }
        }
    }

    package func secrets(tenantID: String, channelID: String?) async throws -> [StoredSecret] {
        try await storing { try await ConfigReader(executor: pool).secrets(tenantID: tenantID, channelID: channelID) }
    }

    package func secrets(of channels: [Channel]) async throws -> [StoredSecret] {
        guard !channels.isEmpty else { return [] }
        return try await storing {
            try await pool.query(
                """
                SELECT \(StoredSecret.columns) FROM secrets
                WHERE (tenant_id, channel_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
                """, [channels.map(\.tenantID.storable), channels.map(\.id.storable)]
            ).map(StoredSecret.init)
        }
    }

    package func secrets(notSealedUnder keyID: String, after: SecretKey?, limit: Int) async throws -> [StoredSecret] {
        try await storing {
            try await pool.query(
                """
                SELECT \(StoredSecret.columns) FROM secrets
                WHERE (key_id <> $1 OR previous_key_id <> $1)
                    AND ($2::text IS NULL OR (tenant_id, channel_id, name) > ($2, $3, $4))
                ORDER BY tenant_id, channel_id, name LIMIT $5
                """,
                [
                    keyID.storable, after?.tenantID.storable, (after?.channelID ?? "").storable, after?.name.storable,
                    limit,
                ]
            ).map(StoredSecret.init)
        }
    }

    package func sealingKeyIDs() async throws -> Set<String> {
        try await storing {
            try await Set(
                pool.query(
                    """
                    SELECT key_id AS id FROM secrets
                    UNION SELECT previous_key_id FROM secrets WHERE previous_until > now()
                    """
                ).map { try $0.decode("id", as: String.self) })
        }
    }
}
