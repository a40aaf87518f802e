import Domain
import Testing

@testable import Database

/// Hot statements read by index, not by looking at everything.
@Suite struct PlanTests {
    /// Enough rows that a planner prefers its indexes, made directly.
    private static let filling = """
        INSERT INTO conversations (channel_id, conversation_id, tenant_id, channel, user_id, last_message_at, created_at, last_position)
        SELECT 'c' || n % 20, 'v' || n, 't' || n % 20, 'whatsapp', n::text, now() - n * interval '1 s', now(), 10
        FROM generate_series(1, 4000) AS n;
        INSERT INTO messages (id, conversation, position, inbound, external_id, body, recorded_at, open, state, state_at, answers)
        SELECT gen_random_uuid(), v.no, p, p % 2 = 1, v.no || '-' || p, '{}', now(), p = 10 AND v.no % 50 = 0,
            CASE WHEN p % 2 = 1 THEN 'answered' WHEN p = 10 AND v.no % 50 = 0 THEN 'queued' ELSE 'read' END, now(),
            CASE WHEN p % 2 = 0 THEN gen_random_uuid() END
        FROM conversations AS v, generate_series(1, 10) AS p;
        INSERT INTO config_outbox (revision, entity, operation, id, tenant_id, data, published_at)
        SELECT n, 'tenant', 'upsert', 't', 't', 'null', CASE WHEN n < 4990 THEN now() END FROM generate_series(1, 5000) AS n;
        ANALYZE;
        """

    /// The statements of the stores and of the schema's functions, with values.
    private static let statements = [
        "SELECT * FROM messages WHERE id = '01890a5d-ac96-774b-bcce-b302099a8057'",
        "SELECT * FROM messages WHERE conversation = 5 AND external_id = '5-1' AND inbound",
        "SELECT * FROM messages AS a WHERE a.answers = '01890a5d-ac96-774b-bcce-b302099a8057' AND a.published_at IS NULL",
        """
        SELECT FROM messages AS e WHERE e.conversation = 5 AND e.open AND e.inbound AND e.position < 9
            AND e.state = 'received' AND e.recorded_at > now() - interval '30 seconds'
        """,
        """
        SELECT FROM messages AS e WHERE e.conversation = 5 AND e.open AND NOT e.inbound AND e.position < 9
            AND e.state IN ('queued', 'sending') AND e.recorded_at > now() - interval '30 seconds'
        """,
        "SELECT * FROM conversations WHERE channel_id = 'c1' AND conversation_id = 'v21' FOR UPDATE",
        """
        SELECT body FROM messages AS m WHERE m.conversation =
            (SELECT no FROM conversations WHERE channel_id = 'c1' AND conversation_id = 'v21') AND m.position < 9
        ORDER BY m.position DESC LIMIT 20
        """,
        "UPDATE messages SET published_at = now() WHERE id = ANY ('{01890a5d-ac96-774b-bcce-b302099a8057}'::uuid[])",
        """
        SELECT body, position FROM messages
        WHERE open AND NOT inbound AND state = 'queued' AND published_at IS NULL AND recorded_at < now()
        ORDER BY recorded_at, id LIMIT 100
        """,
        """
        SELECT theirs.id FROM messages AS theirs JOIN conversations AS v ON v.no = theirs.conversation
        WHERE theirs.external_id = '7-2' AND NOT theirs.inbound AND theirs.external_id IS NOT NULL
            AND v.tenant_id = 't7' AND v.channel_id = 'c7' ORDER BY theirs.id DESC LIMIT 1
        """,
        """
        SELECT id FROM messages WHERE open AND NOT inbound AND state IN ('unknown', 'sending') AND state_at < now()
        ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
        """,
        """
        SELECT revision, entity, operation, id, tenant_id, data FROM config_outbox
        WHERE published_at IS NULL ORDER BY revision LIMIT 100
        """,
        """
        SELECT * FROM conversations AS c WHERE c.tenant_id = 't1' AND (c.last_message_at, c.no) < (now(), 5)
        ORDER BY c.last_message_at DESC, c.no DESC LIMIT 50
        """,
    ]

    @Test func hotStatementsUseIndexes() async throws {
        try await withSchema { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.filling)
                for statement in Self.statements {
                    let plan = try await connection.query("EXPLAIN " + statement).map {
                        try $0.decode(0, as: String.self)
                    }
                    .joined(separator: "\n")
                    #expect(plan.contains("Index"), "\(statement)\n\(plan)")
                    #expect(!plan.contains("Seq Scan"), "\(statement)\n\(plan)")
                }
            }
        }
    }

    /// The search in a hundred tenants' documents reads its own tenant's part of the index.
    @Test func searchReadsTheIndex() async throws {
        try await withSchema { pool in
            try await pool.withConnection { connection in
                try await connection.script(
                    """
                    INSERT INTO tenants SELECT 't' || n, 'T', '{}', true, 1, now(), now() FROM generate_series(1, 100) AS n;
                    INSERT INTO documents SELECT 'd' || n, 't' || (n % 100 + 1), 'Title ' || n, '', 'text/plain', '{}',
                        'english', 1, 5, now(), now() FROM generate_series(1, 2000) AS n;
                    INSERT INTO chunks (document_id, number, language, text, words)
                    SELECT d.id, p, 'english', w.text,
                        to_tsvector('english', w.text) || array_to_tsvector(ARRAY[tenant_word(d.tenant_id)])
                    FROM documents AS d, generate_series(1, 5) AS p,
                        LATERAL (SELECT 'shipping word' || p || ' costs of item' || d.id) AS w(text);
                    ANALYZE;
                    SET auto_explain.log_min_duration = 0;
                    """)
                let plan = try await connection.query(
                    """
                    EXPLAIN SELECT c.no FROM unnest(ARRAY['ship', 'cost']) AS a(word) JOIN chunks AS c
                    ON c.words @@ (word_query(tenant_word('t1'), false) && word_query(a.word, false))
                    """
                ).map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
                #expect(plan.contains("chunks_by_words"), "\(plan)")
            }
            let start = ContinuousClock.now
            let found = try await PostgresDocumentStore(pool).search(
                tenantID: "t2", query: "What are the shipping costs of itemd101?", topK: 4)
            #expect(found.first?.documentID == "d101")
            #expect(ContinuousClock.now - start < .seconds(60))
        }
    }
}
