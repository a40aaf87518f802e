package import Domain

// Functions and webhooks: their rows, and how they are read and written.

extension FunctionDefinition {
    static let columns = """
        id, tenant_id, name, description, parameters, url, timeout_ms, enabled, revision, created_at, updated_at
        """

    init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), tenantID: try row.decode("tenant_id"), name: try row.decode("name"),
            text: try row.decode("description"), parameters: try row.decode("parameters"), url: try row.decode("url"),
            timeoutMilliseconds: try row.decode("timeout_ms"), enabled: try row.decode("enabled"),
            revision: try row.decode("revision"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }

    var upsert: PostgresStatement {
        PostgresStatement(
            """
            INSERT INTO functions (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (id) DO UPDATE SET name = $3, description = $4, parameters = $5, url = $6, timeout_ms = $7,
                enabled = $8, revision = $9, updated_at = $11
            """,
            [
                id, tenantID, name, text.storable, parameters, url.storable, timeoutMilliseconds, enabled, revision,
                createdAt, updatedAt,
            ])
    }
}

extension WebhookEndpoint {
    static let columns = "id, tenant_id, url, events, header_names, enabled, revision, created_at, updated_at"

    init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), tenantID: try row.decode("tenant_id"), url: try row.decode("url"),
            // What a later version knows is passed over by this one.
            events: try row.decode("events", as: [String].self).compactMap(EventType.init),
            headerNames: try row.decode("header_names"), enabled: try row.decode("enabled"),
            revision: try row.decode("revision"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }

    var upsert: PostgresStatement {
        PostgresStatement(
            """
            INSERT INTO webhooks (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (id) DO UPDATE SET url = $3, events = $4, header_names = $5, enabled = $6, revision = $7,
                updated_at = $9
            """,
            [
                id, tenantID, url.storable, events.map(\.rawValue), headerNames, enabled, revision, createdAt,
                updatedAt,
            ])
    }
}

extension PostgresConfigStore {
    package func function(_ id: String) async throws -> FunctionDefinition? {
        try await storing {
            try await pool.query(
                "SELECT \(FunctionDefinition.columns) FROM functions WHERE id = $1", [id.storable]
            ).first.map(FunctionDefinition.init)
        }
    }

    package func functions(tenantID: String, _ page: PageRequest) async throws -> Page<FunctionDefinition> {
        let after = try Cursor.read(page.cursor, "f", fields: 1)
        return try await storing {
            let rows = try await pool.query(
                """
                SELECT \(FunctionDefinition.columns) FROM functions
                WHERE tenant_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3
                """, [tenantID.storable, after?[0], page.boundedLimit + 1])
            return try Page(rows, limit: page.boundedLimit, FunctionDefinition.init) { Cursor.make("f", $0.id) }
        }
    }

    package func webhook(_ id: String) async throws -> WebhookEndpoint? {
        try await storing {
            try await pool.query(
                "SELECT \(WebhookEndpoint.columns) FROM webhooks WHERE id = $1", [id.storable]
            ).first.map(WebhookEndpoint.init)
        }
    }

    package func webhooks(tenantID: String, _ page: PageRequest) async throws -> Page<WebhookEndpoint> {
        let after = try Cursor.read(page.cursor, "w", fields: 1)
        return try await storing {
            let rows = try await pool.query(
                """
                SELECT \(WebhookEndpoint.columns) FROM webhooks
                WHERE tenant_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3
                """, [tenantID.storable, after?[0], page.boundedLimit + 1])
            return try Page(rows, limit: page.boundedLimit, WebhookEndpoint.init) { Cursor.make("w", $0.id) }
        }
    }
}
