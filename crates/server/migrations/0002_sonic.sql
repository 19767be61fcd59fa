-- Several operations, several takes a task, personas, webhooks. The same portable rules as before.

ALTER TABLE tasks RENAME COLUMN brief TO work;
UPDATE tasks SET work = '{"operation":"compose","brief":' || work || '}';
-- How many takes are made, one after the other.
ALTER TABLE tasks ADD COLUMN takes BIGINT NOT NULL DEFAULT 1;
-- The base of links in what is told unasked (webhooks): that of the request.
ALTER TABLE tasks ADD COLUMN base_url TEXT NOT NULL DEFAULT '';
-- What an operation that is answered at once answered (JSON).
ALTER TABLE tasks ADD COLUMN result TEXT;

-- Clips are there from the submission on: `pending`, `running`, `succeeded`, `failed`.
ALTER TABLE clips ADD COLUMN state TEXT NOT NULL DEFAULT 'succeeded';
ALTER TABLE clips ADD COLUMN lyrics TEXT NOT NULL DEFAULT '';
ALTER TABLE clips ADD COLUMN tags TEXT NOT NULL DEFAULT '';
-- Whether its audio can be heard already while it is made.
ALTER TABLE clips ADD COLUMN audible BIGINT NOT NULL DEFAULT 0;
-- The clip this one continues.
ALTER TABLE clips ADD COLUMN parent_id TEXT;

CREATE TABLE personas (
    id          TEXT   NOT NULL PRIMARY KEY,
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL,
    styles      TEXT   NOT NULL,
    clip_id     TEXT   NOT NULL,
    -- The singer and what else makes it recognisable (JSON).
    traits      TEXT   NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX personas_by_account ON personas (account_id, created_at);

CREATE TABLE deliveries (
    id          TEXT   NOT NULL PRIMARY KEY,
    task_id     TEXT   NOT NULL REFERENCES tasks (id),
    event       TEXT   NOT NULL,
    url         TEXT   NOT NULL,
    secret      TEXT,
    -- Written at the first attempt, so that every attempt sends the same bytes.
    body        TEXT,
    state       TEXT   NOT NULL CHECK (state IN ('queued', 'running', 'delivered', 'failed')),
    attempt     BIGINT NOT NULL DEFAULT 0,
    fence       BIGINT NOT NULL DEFAULT 0,
    due         BIGINT NOT NULL,
    lease_until BIGINT,
    -- The last answer: an HTTP status, or why there was none.
    last_status BIGINT,
    last_error  TEXT,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    -- Each event is told once; re-sending makes the row due again.
    UNIQUE (task_id, event)
);
CREATE INDEX deliveries_to_send ON deliveries (state, due);
