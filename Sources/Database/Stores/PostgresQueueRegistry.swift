package import Domain

/// The declared queues in PostgreSQL.
package struct PostgresQueueRegistry: QueueRegistry {
    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    package func add(_ queues: [QueueName]) async throws {
        guard !queues.isEmpty else { return }
        _ = try await storing {
            try await pool.query(
                """
                INSERT INTO queues (name, tenant_id, channel)
                SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS given(name, tenant, channel) ORDER BY name
                ON CONFLICT (name) DO NOTHING
                """,
                [queues.map(\.name.storable), queues.map(\.tenantID.storable), queues.map(\.channel.rawValue)])
        }
    }

    /// Names that this version does not understand are left out.
    package func all() async throws -> [QueueName] {
        try await storing {
            try await pool.query("SELECT name FROM queues ORDER BY name").compactMap { row in
                QueueName(try row.decode(0, as: String.self))
            }
        }
    }

    package func remove(tenantID: String, channel: ChannelType?) async throws {
        _ = try await storing {
            try await pool.query(
                "DELETE FROM queues WHERE tenant_id = $1 AND ($2::text IS NULL OR channel = $2)",
                [tenantID.storable, channel?.rawValue])
        }
    }
}
