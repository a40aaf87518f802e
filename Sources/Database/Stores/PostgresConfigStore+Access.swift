package import Domain

extension PostgresConfigStore: AccessStore {
    package func token(hash: String) async throws -> AccessToken? {
        try await storing {
            try await pool.query("SELECT \(AccessToken.columns) FROM tokens WHERE hash = $1", [hash]).first
                .map(AccessToken.init)
        }
    }

    package func tokens(_ page: PageRequest) async throws -> Page<AccessToken> {
        let after = try Cursor.read(page.cursor, "k", fields: 1)
        return try await storing {
            let rows = try await pool.query(
                "SELECT \(AccessToken.columns) FROM tokens WHERE ($1::text IS NULL OR id > $1) ORDER BY id LIMIT $2",
                [after?[0], page.boundedLimit + 1])
            return try Page(rows, limit: page.boundedLimit, AccessToken.init) { Cursor.make("k", $0.id) }
        }
    }

    package func audit(_ filter: AuditFilter, _ page: PageRequest) async throws -> Page<AuditEntry> {
        let before = try Cursor.readNumbers(page.cursor, "a", fields: 1)
        return try await storing {
            let rows = try await pool.query(
                """
                SELECT \(AuditEntry.columns) FROM audit
                WHERE ($1::text IS NULL OR tenant_id = $1) AND ($2::text IS NULL OR entity = $2)
                    AND ($3::text IS NULL OR entity_id = $3) AND ($4::text IS NULL OR actor_id = $4)
                    AND ($5::text IS NULL OR method = $5) AND ($6::timestamptz IS NULL OR at >= $6)
                    AND ($7::timestamptz IS NULL OR at < $7) AND ($8::bigint IS NULL OR no < $8)
                ORDER BY no DESC LIMIT $9
                """,
                [
                    filter.tenantID?.storable, filter.entity?.storable, filter.entityID?.storable,
                    filter.actorID?.storable, filter.method?.storable, filter.since, filter.until, before?[0],
                    page.boundedLimit + 1,
                ])
            return try Page(rows, limit: page.boundedLimit, AuditEntry.init) { Cursor.make("a", String($0.number)) }
        }
    }
}
