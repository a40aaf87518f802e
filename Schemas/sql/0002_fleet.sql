-- The nodes as they last reported themselves, so that a restarted control plane knows whom to wait for.
CREATE TABLE nodes (
    id text COLLATE "C" PRIMARY KEY,
    report json NOT NULL,
    last_seen_at timestamptz NOT NULL
);
