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

    package func isNeeded(_ queue: QueueName, since revision: Int64) async throws -> Bool {
        try await storing {
            try await pool.query(Self.need, Self.parameters(queue, revision)).single().decode(0)
        }
    }

    private static let need = """
        SELECT EXISTS (SELECT FROM channels WHERE tenant_id = $1 AND type = $2)
            OR EXISTS (SELECT FROM config_outbox WHERE revision > $3 AND tenant_id = $1 AND entity = 'channel')
        """

    private static func parameters(_ queue: QueueName, _ revision: Int64) -> [any PostgresEncodable] {
        [queue.tenantID.storable, queue.channel.rawValue, revision]
    }

    package func retire(
        _ queue: QueueName, since revision: Int64, _ delete: @Sendable () async throws -> Void
    ) async throws -> Bool {
        try await storing {
            try await pool.withTransaction { transaction in
                // Every change of the config locks this row, so none is committed before this ends.
                _ = try await transaction.query("SELECT revision FROM config_head FOR SHARE")
                let isNeeded: Bool = try await transaction.query(Self.need, Self.parameters(queue, revision))
                    .single().decode(0)
                guard !isNeeded else { return false }
                // The row first: who opens the queue again adds it after this transaction, not before its end.
                _ = try await transaction.query("DELETE FROM queues WHERE name = $1", [queue.name.storable])
                try await delete()
                return true
            }
        }
    }
}
