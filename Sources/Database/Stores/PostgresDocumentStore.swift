package import Domain
import JSONCoding

/// Documents in PostgreSQL, found again by its full-text search.
package struct PostgresDocumentStore: DocumentStore {
    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    package func put(_ document: DocumentDraft, now: Timestamp) async throws -> Document {
        try await storing {
            try await pool.withTransaction { transaction in
                // Another tenant's document of this id is not replaced: then there is no row.
                let saved = try await transaction.query(
                    """
                    INSERT INTO documents AS d (id, tenant_id, title, content, mime_type, metadata, language, version,
                        chunk_count, created_at, updated_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $9)
                    ON CONFLICT (id) DO UPDATE SET title = $3, content = $4, mime_type = $5, metadata = $6,
                        language = $7, version = d.version + 1, chunk_count = $8, updated_at = $9
                    WHERE d.tenant_id = $2
                    RETURNING \(Document.columns)
                    """,
                    [
                        document.id.storable, document.tenantID.storable, document.title.storable,
                        document.content.storable, document.mimeType.storable, document.metadata,
                        document.language.storable, Int32(clamping: document.chunks.count), now,
                    ])
                guard let row = saved.first else {
                    throw DependencyError.rejected("the document's id is taken")
                }
                _ = try await transaction.batch(
                    [
                        PostgresStatement("DELETE FROM chunks WHERE document_id = $1", [document.id.storable]),
                        PostgresStatement(
                            """
                            INSERT INTO chunks (document_id, number, language, text, words)
                            SELECT $1, n, $3, text,
                                setweight(to_tsvector($3::regconfig, $4), 'A') || to_tsvector($3::regconfig, text)
                                || array_to_tsvector(ARRAY[tenant_word($2)])
                            FROM unnest($5::text[]) WITH ORDINALITY AS given(text, n)
                            """,
                            [
                                document.id.storable, document.tenantID.storable, document.language.storable,
                                document.title.storable, document.chunks.map(\.storable),
                            ]),
                    ], timeout: .seconds(60))
                return try Document(row)
            }
        }
    }

    package func document(_ id: String) async throws -> Document? {
        try await storing {
            try await pool.query("SELECT \(Document.columns) FROM documents AS d WHERE id = $1", [id.storable]).first
                .map(Document.init)
        }
    }

    package func documents(tenantID: String, _ page: PageRequest) async throws -> Page<Document> {
        let after = try Cursor.read(page.cursor, "d", fields: 1)
        return try await storing {
            let rows = try await pool.query(
                """
                SELECT \(Document.columns.replacing("d.content", with: "'' AS content")) FROM documents AS d
                WHERE tenant_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3
                """, [tenantID.storable, after?[0], page.boundedLimit + 1])
            return try Page(rows, limit: page.boundedLimit, Document.init) { Cursor.make("d", $0.id) }
        }
    }

    package func delete(_ id: String) async throws -> Bool {
        try await storing {
            try await pool.query("DELETE FROM documents WHERE id = $1", [id.storable]).affected > 0
        }
    }

    package func search(tenantID: String, query: String, topK: Int) async throws -> [Passage] {
        try await storing {
            try await pool.query(
                "SELECT document_id, title, text, score, coverage FROM search_chunks($1, $2, $3::int)",
                [tenantID.storable, query.storable, min(max(topK, 1), 50)]
            ).map { row in
                Passage(
                    documentID: try row.decode("document_id"), title: try row.decode("title"),
                    text: try row.decode("text"), score: min(max(try row.decode("score"), 0), 1),
                    coverage: try row.decode("coverage"), kind: .keyword)
            }
        }
    }
}

extension Document {
    /// Of `documents AS d`.
    fileprivate static let columns = """
        d.id, d.tenant_id, d.title, d.content, d.mime_type, d.metadata, d.version, d.chunk_count, d.created_at, \
        d.updated_at
        """

    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), tenantID: try row.decode("tenant_id"), title: try row.decode("title"),
            content: try row.decode("content"), mimeType: try row.decode("mime_type"),
            metadata: try row.decode("metadata"), version: try row.decode("version"),
            chunkCount: try row.decode("chunk_count"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}
