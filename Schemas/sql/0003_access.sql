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
