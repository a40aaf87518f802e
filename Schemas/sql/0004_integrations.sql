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
