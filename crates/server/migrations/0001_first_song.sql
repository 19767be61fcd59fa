-- One set of statements for SQLite and PostgreSQL: ids and JSON are TEXT, times are UTC
-- milliseconds in BIGINT, credits are whole numbers in BIGINT, reals are DOUBLE PRECISION.

CREATE TABLE accounts (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    -- Subscription credits, and one-time credits, which are used first.
    balance    BIGINT NOT NULL DEFAULT 0 CHECK (balance >= 0),
    extra      BIGINT NOT NULL DEFAULT 0 CHECK (extra >= 0),
    created_at BIGINT NOT NULL
);

CREATE TABLE keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    -- SHA-256 of the key, in hexadecimal. The key itself is never stored.
    hash       TEXT   NOT NULL UNIQUE,
    -- The first characters, to recognise it by.
    prefix     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX keys_by_account ON keys (account_id);

CREATE TABLE tasks (
    id              TEXT   NOT NULL PRIMARY KEY,
    account_id      TEXT   NOT NULL REFERENCES accounts (id),
    family          TEXT   NOT NULL,
    operation       TEXT   NOT NULL,
    -- What is asked, in our words (JSON).
    brief           TEXT   NOT NULL,
    -- What the family's poll shows of the request (small JSON).
    shown           TEXT   NOT NULL,
    seed            BIGINT NOT NULL,
    price           BIGINT NOT NULL CHECK (price >= 0),
    state           TEXT   NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    priority        BIGINT NOT NULL DEFAULT 0,
    due             BIGINT NOT NULL,
    -- How often it was tried; handing back at shutdown takes one off again.
    attempt         BIGINT NOT NULL DEFAULT 0,
    -- How often it was claimed: never falls, so it fences every write of an attempt.
    fence           BIGINT NOT NULL DEFAULT 0,
    node            TEXT,
    lease_until     BIGINT,
    -- 0-99 while it is made, 100 when finished; never falls.
    progress        BIGINT NOT NULL DEFAULT 0,
    step            TEXT   NOT NULL DEFAULT '',
    fault_code      TEXT,
    fault_message   TEXT,
    idempotency_key TEXT,
    request_hash    TEXT,
    webhook_url     TEXT,
    webhook_secret  TEXT,
    created_at      BIGINT NOT NULL,
    started_at      BIGINT,
    finished_at     BIGINT,
    UNIQUE (account_id, idempotency_key)
);
CREATE INDEX tasks_to_claim ON tasks (state, priority DESC, due, id);
CREATE INDEX tasks_by_account ON tasks (account_id, created_at);

CREATE TABLE entries (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    task_id    TEXT   REFERENCES tasks (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('grant', 'charge', 'refund')),
    -- What was added to accounts.balance and accounts.extra.
    balance    BIGINT NOT NULL,
    extra      BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Charged once, refunded once. (Grants have no task.)
    UNIQUE (task_id, kind)
);
CREATE INDEX entries_by_account ON entries (account_id, created_at);

CREATE TABLE assets (
    sha256     TEXT   NOT NULL PRIMARY KEY,
    size       BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE clips (
    id         TEXT   NOT NULL PRIMARY KEY,
    task_id    TEXT   NOT NULL REFERENCES tasks (id),
    position   BIGINT NOT NULL,
    title      TEXT   NOT NULL,
    seconds    DOUBLE PRECISION NOT NULL,
    genre      TEXT   NOT NULL,
    mood       TEXT   NOT NULL,
    gender     TEXT   NOT NULL,
    timbre     TEXT   NOT NULL,
    -- What else the engine tells (JSON).
    details    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (task_id, position)
);

CREATE TABLE files (
    -- The last part of its address: /files/<name>
    name       TEXT   NOT NULL PRIMARY KEY,
    clip_id    TEXT   NOT NULL REFERENCES clips (id),
    role       TEXT   NOT NULL,
    media_type TEXT   NOT NULL,
    sha256     TEXT   NOT NULL REFERENCES assets (sha256)
);
CREATE INDEX files_by_clip ON files (clip_id);
CREATE INDEX files_by_asset ON files (sha256);
