-- Plans (Planificación Masiva, R31, R61-R63, R72-R75). Sets of a million meters are normal: everything here is written
-- and moved by whole statements.

-- What a model can do; a model that is not here, or has no list, is asked for anything.
CREATE TABLE meter_model (
    model        text PRIMARY KEY,
    driver       text   NOT NULL DEFAULT '',
    capabilities text[],                        -- order types; NULL = not known
    channels     text[] NOT NULL DEFAULT '{}'   -- OBIS codes of its load profile
);

ALTER TABLE meter
    ADD COLUMN mode         text NOT NULL DEFAULT 'CONCENTRATED' CHECK (mode IN ('CONCENTRATED', 'POINT_TO_POINT')),
    ADD COLUMN capabilities text[],                                -- of this one meter, instead of its model's
    ADD COLUMN plan         text NOT NULL DEFAULT 'daily',         -- periodic plan it was installed with (R30), '' = none
    DROP CONSTRAINT meter_check,
    ADD CONSTRAINT meter_bound CHECK (state IN ('REGISTERED', 'REMOVED') OR mode = 'POINT_TO_POINT' OR gateway_id IS NOT NULL);

CREATE TABLE plan (
    plan_id         text PRIMARY KEY,
    name            text        NOT NULL,
    owner           text        NOT NULL,
    idempotency_key text,
    request_sha256  bytea,
    state           text        NOT NULL CHECK (state IN ('DRAFT', 'ACTIVE', 'PAUSED', 'CANCELLED', 'DONE')),
    spec            jsonb       NOT NULL,
    members         bigint      NOT NULL DEFAULT 0,
    refused         bigint      NOT NULL DEFAULT 0,
    duplicates      bigint      NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    next_at         timestamptz, -- when it wants its next step; whoever locks the row then, does it
    UNIQUE (owner, idempotency_key)
);
CREATE INDEX plan_next ON plan (next_at) WHERE next_at IS NOT NULL;

-- Meter numbers as they were given, until the plan starts. Lost with a crash of the server: the list is given again.
CREATE UNLOGGED TABLE plan_stage (
    plan_id  text NOT NULL,
    ord      int  NOT NULL,
    meter_no text NOT NULL
);
CREATE INDEX plan_stage_plan ON plan_stage (plan_id);

CREATE TABLE plan_member (
    plan_id  text NOT NULL,
    ord      int  NOT NULL,
    meter_id int  NOT NULL,
    commands int  NOT NULL, -- bit n: command n is accepted for this meter
    PRIMARY KEY (plan_id, ord)
);

-- What was not taken, by meter, or by meter and command (R72).
CREATE TABLE plan_refusal (
    plan_id  text NOT NULL,
    ord      int  NOT NULL,
    command  smallint NOT NULL, -- -1: all
    meter_no text NOT NULL,
    code     text NOT NULL,
    PRIMARY KEY (plan_id, ord, command)
);

-- One window of a plan. Counts are kept by the same transactions that move the items, so progress costs one row.
CREATE TABLE plan_run (
    run_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id     text        NOT NULL REFERENCES plan ON DELETE CASCADE,
    origin      text        NOT NULL CHECK (origin IN ('SCHEDULE', 'RETRY')),
    retry_of    bigint,
    window_from timestamptz NOT NULL,
    window_to   timestamptz NOT NULL,
    state       text        NOT NULL CHECK (state IN ('RUNNING', 'DONE', 'CANCELLED', 'MISSED')),
    expanded_to bigint      NOT NULL DEFAULT 0, -- members that have their items; -1 = all
    total       bigint      NOT NULL DEFAULT 0,
    waiting     bigint      NOT NULL DEFAULT 0,
    sent        bigint      NOT NULL DEFAULT 0,
    exe         bigint      NOT NULL DEFAULT 0,
    warn        bigint      NOT NULL DEFAULT 0,
    fail        bigint      NOT NULL DEFAULT 0,
    cancelled   bigint      NOT NULL DEFAULT 0,
    expired     bigint      NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE UNIQUE INDEX plan_run_window ON plan_run (plan_id, window_from) WHERE origin = 'SCHEDULE';
CREATE UNIQUE INDEX plan_run_open ON plan_run (plan_id) WHERE state = 'RUNNING';
CREATE INDEX plan_run_plan ON plan_run (plan_id, run_id);

CREATE TABLE plan_item (
    run_id      bigint      NOT NULL,
    ord         int         NOT NULL,
    command     smallint    NOT NULL,
    meter_id    int         NOT NULL,
    gateway     text        NOT NULL, -- '' = point to point
    state       text        NOT NULL, -- WAITING, SENT, EXE, WARN, FAIL, CANCELLED, EXPIRED
    tries       smallint    NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    order_id    text,
    ko          text        NOT NULL DEFAULT '',
    finished_at timestamptz,
    PRIMARY KEY (run_id, ord, command)
);
-- New ones in their order, then retries as they come due.
CREATE INDEX plan_item_due ON plan_item (run_id, gateway, next_at, ord, command) WHERE state = 'WAITING';
CREATE INDEX plan_item_sent ON plan_item (run_id) WHERE state = 'SENT';

CREATE TABLE plan_lane (
    run_id  bigint NOT NULL,
    gateway text   NOT NULL,
    PRIMARY KEY (run_id, gateway)
);

-- Orders of plans wait behind those of people.
ALTER TABLE orders
    ADD COLUMN bulk boolean NOT NULL DEFAULT false,
    ADD COLUMN seq  bigint GENERATED ALWAYS AS IDENTITY; -- the order they were placed in
CREATE INDEX orders_bulk ON orders (gateway) WHERE bulk AND state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING');
