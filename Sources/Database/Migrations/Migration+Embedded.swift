// swift-format-ignore-file
// Written from Schemas/sql by EmbeddedMigrationTests with METACHAT_UPDATE_SCHEMAS=1; not edited by hand.

extension Migration {
    /// The files of `Schemas/sql`, so that the program needs none of them where it runs.
    package static let embedded: [Migration] = [
Migration(version: 1, name: "spine", sql: ####"""
-- The spine: configuration with its outbox, conversations and messages, documents with full-text search.
--
-- Ids are compared byte by byte (COLLATE "C"). What is only kept and given back is json, which keeps the text as it
-- came; nothing here reads inside of it.

------------------------------------------------------------------------------------------------------------------
-- Configuration
------------------------------------------------------------------------------------------------------------------

-- The one row that every change of the configuration locks first: so revisions are consecutive and in commit order.
CREATE TABLE config_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    revision bigint NOT NULL
);
INSERT INTO config_head (revision) VALUES (0);

CREATE TABLE tenants (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    settings json NOT NULL,
    enabled boolean NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE channels (
    id text COLLATE "C" PRIMARY KEY,
    tenant_id text COLLATE "C" NOT NULL REFERENCES tenants,
    type text NOT NULL CHECK (type IN ('whatsapp', 'messenger', 'webchat')),
    name text,
    config json NOT NULL,
    enabled boolean NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX channels_by_tenant ON channels (tenant_id, id);

-- Sealed values only: without a master key nothing here tells a secret.
CREATE TABLE secrets (
    tenant_id text COLLATE "C" NOT NULL REFERENCES tenants,
    channel_id text COLLATE "C" NOT NULL, -- empty for a tenant's own
    name text COLLATE "C" NOT NULL,
    key_id text NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL,
    fingerprint text NOT NULL,
    revision bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    previous_key_id text,
    previous_nonce bytea,
    previous_ciphertext bytea,
    previous_until timestamptz,
    PRIMARY KEY (tenant_id, channel_id, name)
);

-- Committed changes on their way to the fanout; published ones are kept for some days.
CREATE TABLE config_outbox (
    revision bigint PRIMARY KEY,
    entity text NOT NULL,
    operation text NOT NULL,
    id text NOT NULL,
    tenant_id text NOT NULL,
    data json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
CREATE INDEX config_outbox_unpublished ON config_outbox (revision) WHERE published_at IS NULL;

CREATE TABLE idempotency (
    caller text NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    params_digest text NOT NULL,
    result json NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (caller, method, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

------------------------------------------------------------------------------------------------------------------
-- Conversations and messages
------------------------------------------------------------------------------------------------------------------

CREATE TABLE conversations (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    tenant_id text COLLATE "C" NOT NULL,
    channel text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'assigned_human', 'closed')),
    agent text,
    user_id text NOT NULL,
    last_message_at timestamptz NOT NULL,
    last_position bigint NOT NULL DEFAULT 0,
    unread bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    -- Milliseconds since 1970: when the pair's bucket would be full again (GCRA's theoretical arrival time).
    pair_full_at bigint NOT NULL DEFAULT 0,
    UNIQUE (channel_id, conversation_id)
) WITH (fillfactor = 70);
CREATE INDEX conversations_by_activity ON conversations (tenant_id, last_message_at DESC, no DESC);

-- One row a message. `state` is the outcome of an inbound message (received, answered, …) or the delivery status of
-- an outbound one (queued, sending, …); `open` is true as long as something is still to be done or to be learnt.
-- What changes often (state, published_at, attempt, …) stands in no index, so that those updates stay in their page.
CREATE TABLE messages (
    id uuid PRIMARY KEY,
    conversation bigint NOT NULL REFERENCES conversations ON DELETE CASCADE,
    position bigint NOT NULL,
    inbound boolean NOT NULL,
    external_id text COLLATE "C",
    body json NOT NULL, -- the NormalizedMessage without its position
    recorded_at timestamptz NOT NULL,
    open boolean NOT NULL DEFAULT true,
    state text NOT NULL,
    state_at timestamptz NOT NULL,
    reason text,
    code bigint,
    failure_text text,
    answers uuid,
    published_at timestamptz,
    attempt int NOT NULL DEFAULT 0,
    parts_sent int NOT NULL DEFAULT 0,
    node text
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX messages_in_order ON messages (conversation, position);
CREATE UNIQUE INDEX messages_inbound_once ON messages (conversation, external_id)
    WHERE inbound AND external_id IS NOT NULL;
CREATE INDEX messages_sent_as ON messages (external_id) WHERE NOT inbound AND external_id IS NOT NULL;
CREATE UNIQUE INDEX messages_one_answer ON messages (answers) WHERE answers IS NOT NULL;
CREATE INDEX messages_open ON messages (conversation, position) WHERE open;

-- The shared buckets of sending numbers: milliseconds since 1970 of the next free place.
CREATE TABLE pacing (
    key text COLLATE "C" PRIMARY KEY,
    next_at double precision NOT NULL
) WITH (fillfactor = 50);

-- Every broker queue that was ever declared for a channel.
CREATE TABLE queues (
    name text COLLATE "C" PRIMARY KEY,
    tenant_id text COLLATE "C" NOT NULL,
    channel text NOT NULL
);
CREATE INDEX queues_by_tenant ON queues (tenant_id, channel);

-- The conversation's row, locked; made if there is none (then its last position is 0).
--
-- A channel id that another tenant had before does not lead into that tenant's conversations: they move aside.
CREATE FUNCTION lock_conversation(
    p_tenant text, p_channel_id text, p_channel text, p_conversation text, p_user text, p_now timestamptz
) RETURNS conversations LANGUAGE plpgsql AS $$
DECLARE
    c conversations;
BEGIN
    LOOP
        SELECT * INTO c FROM conversations
        WHERE channel_id = p_channel_id AND conversation_id = p_conversation FOR UPDATE;
        IF FOUND AND c.tenant_id = p_tenant THEN RETURN c; END IF;
        IF FOUND THEN
            UPDATE conversations SET channel_id = channel_id || '~' || tenant_id || '~' || no WHERE no = c.no;
        END IF;
        INSERT INTO conversations
            (channel_id, conversation_id, tenant_id, channel, user_id, last_message_at, created_at)
        VALUES (p_channel_id, p_conversation, p_tenant, p_channel, p_user, p_now, p_now)
        ON CONFLICT (channel_id, conversation_id) DO NOTHING
        RETURNING * INTO c;
        IF FOUND THEN RETURN c; END IF;
    END LOOP;
END $$;

-- Records an inbound message once. `result`: open, duplicate, ended, predecessor_open.
CREATE FUNCTION record_inbound(
    p_id uuid, p_tenant text, p_channel_id text, p_channel text, p_conversation text, p_user text,
    p_external text, p_body json, p_now timestamptz,
    OUT result text, OUT "position" bigint, OUT created boolean, OUT is_new boolean, OUT duplicate_of uuid,
    OUT outcome text, OUT answer json, OUT answer_position bigint,
    OUT status text, OUT agent text, OUT user_id text, OUT last_message_at timestamptz, OUT last_position bigint,
    OUT unread bigint, OUT created_at timestamptz
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    c conversations;
    m messages;
BEGIN
    SELECT * INTO c FROM lock_conversation(p_tenant, p_channel_id, p_channel, p_conversation, p_user, p_now);
    created := c.last_position = 0;
    is_new := false;
    SELECT * INTO m FROM messages WHERE id = p_id;
    IF NOT FOUND AND p_external IS NOT NULL THEN
        SELECT * INTO m FROM messages WHERE conversation = c.no AND external_id = p_external AND inbound;
    END IF;
    IF m.id IS NULL THEN
        is_new := true;
        c.last_position := c.last_position + 1;
        UPDATE conversations AS v SET
            last_position = c.last_position, last_message_at = GREATEST(v.last_message_at, p_now),
            unread = v.unread + 1,
            status = CASE v.status WHEN 'closed' THEN 'active' ELSE v.status END,
            agent = CASE v.status WHEN 'closed' THEN NULL ELSE v.agent END
        WHERE no = c.no RETURNING * INTO c;
        INSERT INTO messages (id, conversation, position, inbound, external_id, body, recorded_at, state, state_at)
        VALUES (p_id, c.no, c.last_position, true, p_external, p_body, p_now, 'received', p_now)
        RETURNING * INTO m;
    ELSIF NOT m.inbound OR m.conversation <> c.no THEN
        RAISE EXCEPTION 'the message id belongs to another message' USING ERRCODE = 'unique_violation';
    END IF;
    "position" := m.position;
    IF m.id <> p_id THEN
        result := 'duplicate';
        duplicate_of := m.id;
    ELSIF m.state <> 'received' THEN
        result := 'ended';
        outcome := m.state;
        SELECT a.body, a.position INTO answer, answer_position FROM messages AS a
        WHERE a.answers = m.id AND a.published_at IS NULL;
    ELSIF EXISTS (
        SELECT FROM messages AS e
        WHERE e.conversation = c.no AND e.open AND e.inbound AND e.position < m.position AND e.state = 'received'
            AND e.recorded_at > p_now - interval '30 seconds'
    ) THEN
        result := 'predecessor_open';
    ELSE
        result := 'open';
    END IF;
    status := c.status; agent := c.agent; user_id := c.user_id; last_message_at := c.last_message_at;
    last_position := c.last_position; unread := c.unread; created_at := c.created_at;
END $$;

-- Ends the work on an inbound message. `p_kind`: answer, escalate, end. `result`: recorded, already, held, unknown.
CREATE FUNCTION conclude_inbound(
    p_id uuid, p_kind text, p_outcome text, p_reason text, p_answer_id uuid, p_answer json, p_now timestamptz,
    OUT result text, OUT outcome text, OUT answer json, OUT answer_position bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    c conversations;
    m messages;
BEGIN
    SELECT * INTO c FROM conversations WHERE no = (SELECT conversation FROM messages WHERE id = p_id) FOR UPDATE;
    SELECT * INTO m FROM messages WHERE id = p_id AND inbound;
    IF NOT FOUND THEN
        result := 'unknown';
        RETURN;
    END IF;
    IF m.state <> 'received' THEN
        result := 'already';
        outcome := m.state;
        SELECT a.body, a.position INTO answer, answer_position FROM messages AS a
        WHERE a.answers = p_id AND a.published_at IS NULL;
        RETURN;
    END IF;
    result := 'recorded';
    outcome := p_outcome;
    IF p_kind <> 'end' AND c.status = 'assigned_human' THEN
        result := 'held';
        outcome := 'held';
    END IF;
    UPDATE messages SET state = outcome, state_at = p_now, open = false,
        reason = CASE result WHEN 'held' THEN NULL ELSE p_reason END
    WHERE id = p_id;
    IF result = 'recorded' AND p_kind <> 'end' THEN
        answer_position := c.last_position + 1;
        UPDATE conversations AS v SET
            last_position = answer_position, last_message_at = GREATEST(v.last_message_at, p_now),
            status = CASE p_kind WHEN 'escalate' THEN 'assigned_human' ELSE v.status END
        WHERE no = c.no;
        INSERT INTO messages (id, conversation, position, inbound, body, recorded_at, state, state_at, answers)
        VALUES (p_answer_id, c.no, answer_position, false, p_answer, p_now, 'queued', p_now, p_id);
    END IF;
END $$;

-- Claims an outbound message. `result`: claimed, settled, uncertain, predecessor_open, paced.
CREATE FUNCTION claim_outbound(
    p_id uuid, p_tenant text, p_channel_id text, p_channel text, p_conversation text, p_user text, p_body json,
    p_node text, p_interval bigint, p_burst bigint, p_now timestamptz, p_now_ms bigint,
    OUT result text, OUT state text, OUT attempt int, OUT parts_sent int, OUT until_ms bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    c conversations;
    m messages;
    full_at bigint;
BEGIN
    SELECT * INTO c FROM lock_conversation(p_tenant, p_channel_id, p_channel, p_conversation, p_user, p_now);
    SELECT * INTO m FROM messages WHERE id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        c.last_position := c.last_position + 1;
        UPDATE conversations AS v SET
            last_position = c.last_position, last_message_at = GREATEST(v.last_message_at, p_now)
        WHERE no = c.no;
        INSERT INTO messages
            (id, conversation, position, inbound, body, recorded_at, state, state_at, published_at)
        VALUES (p_id, c.no, c.last_position, false, p_body, p_now, 'queued', p_now, p_now)
        RETURNING * INTO m;
    ELSIF m.inbound OR m.conversation <> c.no THEN
        RAISE EXCEPTION 'the message id belongs to another message' USING ERRCODE = 'unique_violation';
    END IF;
    state := m.state;
    -- The same claimant asks again: a confirmation was lost, and it knows that it has sent nothing.
    IF m.state IN ('queued', 'sending') AND m.node = p_node THEN
        attempt := m.attempt;
        parts_sent := m.parts_sent;
        result := 'claimed';
        RETURN;
    END IF;
    IF m.state = 'sending' THEN
        UPDATE messages SET state = 'unknown', state_at = p_now WHERE id = p_id;
        state := 'unknown';
    END IF;
    IF state = 'unknown' THEN
        result := 'uncertain';
        RETURN;
    ELSIF state <> 'queued' THEN
        result := 'settled';
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM messages AS e
        WHERE e.conversation = c.no AND e.open AND NOT e.inbound AND e.position < m.position
            AND e.state IN ('queued', 'sending') AND e.recorded_at > p_now - interval '30 seconds'
    ) THEN
        result := 'predecessor_open';
        RETURN;
    END IF;
    IF p_interval IS NOT NULL THEN
        full_at := GREATEST(c.pair_full_at, p_now_ms);
        IF full_at + p_interval > p_now_ms + p_burst * p_interval THEN
            result := 'paced';
            until_ms := full_at + p_interval - p_burst * p_interval;
            RETURN;
        END IF;
        UPDATE conversations SET pair_full_at = full_at + p_interval WHERE no = c.no;
    END IF;
    -- It stays queued until begin_sending: a claimant that dies before has sent nothing, and the next one takes over.
    UPDATE messages AS v SET attempt = v.attempt + 1, node = p_node
    WHERE id = p_id RETURNING v.attempt, v.parts_sent INTO attempt, parts_sent;
    result := 'claimed';
END $$;

-- Whether what a platform reports moves an outbound message on (Domain.DeliveryStatus.advances).
CREATE FUNCTION delivery_advances(p_from text, p_to text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_to
        WHEN 'sent' THEN p_from IN ('queued', 'sending', 'unknown')
        WHEN 'delivered' THEN p_from IN ('queued', 'sending', 'unknown', 'sent')
        WHEN 'read' THEN p_from IN ('queued', 'sending', 'unknown', 'sent', 'delivered')
        WHEN 'failed' THEN p_from IN ('queued', 'sending', 'unknown', 'sent')
        ELSE false
    END
$$;

-- Applies what platforms reported, in the order given; returns the indexes (from 1) of those that changed something.
-- Rows are locked in the order of their ids, so that two batches never wait for each other in a circle. One simple
-- statement after the other: a join over the arrays would be planned anew in each call, which takes longer than the rest.
CREATE FUNCTION apply_statuses(
    p_tenants text[], p_channels text[], p_ids uuid[], p_externals text[], p_states text[], p_times timestamptz[],
    p_codes bigint[], p_texts text[]
) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    targets uuid[];
    target uuid;
    n bigint;
    given_tenant text;
    given_channel text;
    given_external text;
    given_state text;
BEGIN
    FOR n IN 1..cardinality(p_states) LOOP
        given_tenant := p_tenants[n]; given_channel := p_channels[n]; given_external := p_externals[n];
        target := p_ids[n];
        IF target IS NOT NULL THEN
            SELECT own.id INTO target FROM messages AS own JOIN conversations AS v ON v.no = own.conversation
            WHERE own.id = target AND NOT own.inbound AND v.tenant_id = given_tenant AND v.channel_id = given_channel;
        END IF;
        IF target IS NULL AND given_external IS NOT NULL THEN
            SELECT theirs.id INTO target FROM messages AS theirs JOIN conversations AS v ON v.no = theirs.conversation
            WHERE theirs.external_id = given_external AND NOT theirs.inbound AND theirs.external_id IS NOT NULL
                AND v.tenant_id = given_tenant AND v.channel_id = given_channel
            ORDER BY theirs.id DESC LIMIT 1;
        END IF;
        targets[n] := target;
    END LOOP;
    FOR n, target IN
        SELECT t.n, t.id FROM unnest(targets) WITH ORDINALITY AS t(id, n) WHERE t.id IS NOT NULL ORDER BY t.id, t.n
    LOOP
        given_state := p_states[n]; given_external := p_externals[n];
        UPDATE messages AS m SET
            state = given_state, state_at = p_times[n], open = false,
            external_id = COALESCE(m.external_id, given_external),
            code = CASE given_state WHEN 'failed' THEN p_codes[n] ELSE m.code END,
            failure_text = CASE given_state WHEN 'failed' THEN p_texts[n] ELSE m.failure_text END,
            reason = CASE
                WHEN given_state <> 'failed' THEN m.reason
                WHEN p_codes[n] = 131047 THEN 'window_closed'
                WHEN p_codes[n] IN (131026, 131049) THEN 'undeliverable'
                ELSE 'rejected'
            END
        WHERE m.id = target AND delivery_advances(m.state, given_state);
        IF FOUND THEN RETURN NEXT n; END IF;
    END LOOP;
END $$;

------------------------------------------------------------------------------------------------------------------
-- Documents
------------------------------------------------------------------------------------------------------------------

CREATE TABLE documents (
    id text COLLATE "C" PRIMARY KEY,
    tenant_id text COLLATE "C" NOT NULL REFERENCES tenants ON DELETE CASCADE,
    title text NOT NULL,
    content text NOT NULL,
    mime_type text NOT NULL,
    metadata json NOT NULL,
    language text NOT NULL, -- a text search configuration
    version bigint NOT NULL,
    chunk_count int NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX documents_by_tenant ON documents (tenant_id, id);

CREATE TABLE chunks (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id text COLLATE "C" NOT NULL REFERENCES documents ON DELETE CASCADE,
    number int NOT NULL,
    language text NOT NULL,
    text text NOT NULL,
    -- The words of title (weight A) and text (D), and one that no text can hold and names the tenant, so that a search
    -- reads the tenant's part of the index alone.
    words tsvector NOT NULL,
    UNIQUE (document_id, number)
);
CREATE INDEX chunks_by_words ON chunks USING gin (words);

-- The word that names a tenant: no parser yields one with this beginning.
CREATE FUNCTION tenant_word(p_tenant text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT E'\x01' || p_tenant
$$;

-- One word as a query for exactly it, or for all that begin with it.
CREATE FUNCTION word_query(p_word text, p_prefix boolean) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
    SELECT ('''' || replace(replace(p_word, '\', '\\'), '''', '''''') || '''' || CASE WHEN p_prefix THEN ':*' ELSE '' END)::tsquery
$$;

-- Words in which people wrap a question, beyond the stop words of PostgreSQL's configurations. They may find
-- something, but say nothing of whether it answers.
CREATE FUNCTION wrapping_words(p_language text) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT tsvector_to_array(to_tsvector(p_language::regconfig,
        'hi hello hey dear please thanks thank you tell me know want wants need needs like would could can may might '
        'shall get give let help question questions ask asking wonder wondering also anyone anybody someone somebody '
        'something anything possible ok okay yes no actually just really maybe long much many often '
        'hallo guten tag moin bitte danke sagen wissen möchte möchten will brauche brauchen kann können könnte könnten '
        'könnt gibt geben hilfe frage fragen jemand mal eigentlich gern gerne etwa denn '
        'wer wem wen wann wo wohin woher warum weshalb wieso wieviel viel viele lang lange oft '
        'bonjour salut merci voudrais veux pouvez puis besoin aide combien quand où comment pourquoi quel quelle '
        'hola buenas gracias favor quiero quisiera puedo puede necesito ayuda pregunta cuánto cuánta cuándo dónde cómo '
        'cuál cuáles'))
$$;

-- Passages for a question, best first, at most two of a document.
--
-- Every word of the question is looked up by itself in the index (where it stands nowhere, words that begin with it);
-- rare words weigh more than common ones (as in BM25). `coverage` is the share of the question's distinct words, apart
-- from stop words and wrapping, that the passage or its title holds.
CREATE FUNCTION search_chunks(p_tenant text, p_query text, p_top int)
RETURNS TABLE (document_id text, title text, text text, score double precision, coverage double precision)
LANGUAGE sql STABLE ROWS 10 AS $$
    WITH languages AS MATERIALIZED (
        SELECT d.language, sum(d.chunk_count)::float8 AS chunks, wrapping_words(d.language) AS wrapping
        FROM documents AS d WHERE d.tenant_id = p_tenant GROUP BY d.language
    ), asked AS MATERIALIZED (
        SELECT l.language, l.chunks, w.word, w.word = ANY (l.wrapping) AS wrapping
        FROM languages AS l
        CROSS JOIN LATERAL (
            SELECT unnest(tsvector_to_array(to_tsvector(l.language::regconfig, left(p_query, 2000)))) AS word LIMIT 64
        ) AS w
    ), exact AS MATERIALIZED (
        SELECT a.language, a.word, c.no
        FROM asked AS a
        JOIN chunks AS c ON c.words @@ (word_query(tenant_word(p_tenant), false) && word_query(a.word, false))
            AND c.language = a.language
    ), loose AS MATERIALIZED (
        SELECT a.language, a.word, c.no
        FROM asked AS a
        JOIN chunks AS c ON c.words @@ (word_query(tenant_word(p_tenant), false) && word_query(a.word, true))
            AND c.language = a.language
        WHERE length(a.word) >= 4 AND NOT EXISTS (SELECT FROM exact AS e WHERE e.language = a.language AND e.word = a.word)
    ), hits AS (
        SELECT * FROM exact UNION ALL SELECT * FROM loose
    ), weights AS MATERIALIZED (
        SELECT a.language, a.word,
            -- Where a question is nothing but wrapping, that is what counts.
            NOT a.wrapping OR bool_and(a.wrapping) OVER (PARTITION BY a.language) AS counts,
            CASE WHEN a.wrapping THEN 0.25 ELSE 1 END
                * ln(1 + (GREATEST(a.chunks, h.found) - h.found + 0.5) / (h.found + 0.5)) AS weight
        FROM asked AS a
        CROSS JOIN LATERAL (
            SELECT count(*)::float8 AS found FROM hits WHERE hits.language = a.language AND hits.word = a.word
        ) AS h
    ), totals AS (
        SELECT w.language, sum(w.weight) AS weight, count(*) FILTER (WHERE w.counts) AS words
        FROM weights AS w GROUP BY w.language
    ), best AS (
        SELECT h.no, sum(w.weight) / t.weight AS share, count(*) FILTER (WHERE w.counts)::float8 / t.words AS coverage
        FROM hits AS h
        JOIN weights AS w ON w.language = h.language AND w.word = h.word
        JOIN totals AS t ON t.language = h.language
        GROUP BY h.no, t.weight, t.words
        ORDER BY share DESC, h.no LIMIT GREATEST(p_top, 1) * 8 + 32
    ), ranked AS (
        SELECT c.document_id, d.title, c.text, c.no, b.coverage,
            0.85 * b.share + 0.15 * ts_rank('{0.3, 0.3, 0.3, 1.0}', c.words, q.query, 1 | 32) AS score
        FROM best AS b
        JOIN chunks AS c ON c.no = b.no
        JOIN documents AS d ON d.id = c.document_id
        CROSS JOIN LATERAL (
            SELECT string_agg(word_query(a.word, false)::text, ' | ')::tsquery AS query
            FROM asked AS a WHERE a.language = c.language
        ) AS q
    ), placed AS (
        SELECT r.*, row_number() OVER (PARTITION BY r.document_id ORDER BY r.score DESC, r.no) AS place FROM ranked AS r
    )
    SELECT p.document_id, p.title, p.text, p.score, p.coverage
    FROM placed AS p WHERE p.place <= 2
    ORDER BY p.score DESC, p.no LIMIT p_top
$$;

"""####),
Migration(version: 2, name: "fleet", sql: ####"""
-- The nodes as they last reported themselves, so that a restarted control plane knows whom to wait for.
CREATE TABLE nodes (
    id text COLLATE "C" PRIMARY KEY,
    report json NOT NULL,
    last_seen_at timestamptz NOT NULL
);

"""####),
Migration(version: 3, name: "access", sql: ####"""
-- Who may call the control plane, and who has.

-- Bearer tokens; of the token itself only a digest.
CREATE TABLE tokens (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer', 'tenant', 'node')),
    tenant_id text COLLATE "C" REFERENCES tenants ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    hash text COLLATE "C" NOT NULL UNIQUE,
    CHECK ((role = 'tenant') = (tenant_id IS NOT NULL))
);
CREATE INDEX tokens_by_tenant ON tokens (tenant_id) WHERE tenant_id IS NOT NULL;

-- One row a write through the API, kept in its transaction. Stays when what it speaks of is deleted.
CREATE TABLE audit (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_name text NOT NULL,
    actor_role text NOT NULL,
    method text COLLATE "C" NOT NULL,
    entity text COLLATE "C" NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    tenant_id text COLLATE "C",
    channel_id text COLLATE "C",
    changed text[] NOT NULL,
    remote_address text NOT NULL
);
CREATE INDEX audit_by_tenant ON audit (tenant_id, no DESC);
CREATE INDEX audit_by_entity ON audit (entity, entity_id, no DESC);
CREATE INDEX audit_by_actor ON audit (actor_id, no DESC);

"""####),
Migration(version: 4, name: "integrations", sql: ####"""
-- What a tenant's bot may call, and who is told of what happens.

CREATE TABLE functions (
    id text COLLATE "C" PRIMARY KEY,
    tenant_id text COLLATE "C" NOT NULL REFERENCES tenants,
    name text COLLATE "C" NOT NULL,
    description text NOT NULL,
    parameters json NOT NULL,
    url text NOT NULL,
    timeout_ms bigint NOT NULL,
    enabled boolean NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (tenant_id, name)
);

CREATE TABLE webhooks (
    id text COLLATE "C" PRIMARY KEY,
    tenant_id text COLLATE "C" NOT NULL REFERENCES tenants,
    url text NOT NULL,
    events text[] NOT NULL,
    header_names text[] NOT NULL,
    enabled boolean NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX webhooks_by_tenant ON webhooks (tenant_id, id);

"""####),
    ]
}
