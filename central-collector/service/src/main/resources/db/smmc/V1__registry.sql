-- Concentrators and meters (R32, R88).

CREATE TABLE gateway (
    gateway_id     text PRIMARY KEY,
    name           text        NOT NULL DEFAULT '',
    registered     boolean     NOT NULL DEFAULT false, -- false: it spoke before anybody registered it
    first_seen     timestamptz NOT NULL,
    online         boolean     NOT NULL DEFAULT false,
    online_since   timestamptz,
    last_seen      timestamptz,
    epoch          bigint      NOT NULL DEFAULT 0,
    version        text        NOT NULL DEFAULT '',
    backlog        bigint      NOT NULL DEFAULT 0,
    detail         jsonb       NOT NULL DEFAULT '{}',
    agenda_version bigint      NOT NULL DEFAULT 0,
    agenda         bytea
);

CREATE TABLE meter (
    meter_id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter_no        text        NOT NULL UNIQUE,
    state           text        NOT NULL
                    CHECK (state IN ('REGISTERED', 'BOUND', 'COMMISSIONED', 'SUSPENDED', 'REMOVED')),
    gateway_id      text REFERENCES gateway,
    model           text        NOT NULL DEFAULT '',
    zone            text        NOT NULL,
    identity        text        NOT NULL DEFAULT '',
    ratio           text        NOT NULL DEFAULT 'SECONDARY' CHECK (ratio IN ('SECONDARY', 'PRIMARY')), -- D6
    registered_at   timestamptz NOT NULL,
    commissioned_at timestamptz,
    updated_at      timestamptz NOT NULL,
    CHECK (state IN ('REGISTERED', 'REMOVED') OR gateway_id IS NOT NULL)
);
CREATE INDEX meter_gateway ON meter (gateway_id);

-- What is known of a meter's reachability (R47).
CREATE TABLE meter_contact (
    meter_id        int PRIMARY KEY REFERENCES meter,
    state           text        NOT NULL DEFAULT 'UNKNOWN' CHECK (state IN ('REACHED', 'STALE', 'UNREACHED', 'UNKNOWN')),
    last_contact    timestamptz,
    newest_sample   timestamptz,
    period_s        int         NOT NULL DEFAULT 900,
    path            text        NOT NULL DEFAULT '',
    clock_offset_ms bigint,
    last_run        text        NOT NULL DEFAULT '',
    last_outcome    text        NOT NULL DEFAULT '',
    last_ko         text        NOT NULL DEFAULT '',
    last_detail     text        NOT NULL DEFAULT '',
    stale_runs      int         NOT NULL DEFAULT 0
);

-- Programs that may use the API; the token itself is nowhere but with its owner.
CREATE TABLE api_token (
    token_sha256 bytea PRIMARY KEY,
    name         text        NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL
);
