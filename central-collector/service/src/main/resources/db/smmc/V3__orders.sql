-- Orders to a meter or a concentrator (R20-R34). States: A7 of the requirements.
CREATE TABLE orders (
    order_id         text PRIMARY KEY,
    type             text        NOT NULL,
    meter_no         text        NOT NULL, -- empty: to the concentrator
    gateway          text        NOT NULL,
    from_ts          timestamptz,
    to_ts            timestamptz,
    source           text        NOT NULL,
    state            text        NOT NULL CHECK (state IN ('NEW', 'VALIDATED', 'REJECTED', 'SENT', 'RUNNING', 'EXE',
                                                           'WARN', 'FAIL', 'CANCELLED', 'EXPIRED')),
    ko               text        NOT NULL DEFAULT '',
    who              text        NOT NULL DEFAULT '',
    detail           text        NOT NULL DEFAULT '',
    requester        text        NOT NULL,
    idempotency_key  text,
    request_sha256   bytea,
    attempts         int         NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL,
    deadline         timestamptz NOT NULL,
    sent_at          timestamptz,
    receipt_due      timestamptz,
    receipt_at       timestamptz,
    finished_at      timestamptz,
    UNIQUE (requester, idempotency_key)
);
CREATE INDEX orders_open ON orders (state, deadline) WHERE state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING');
CREATE INDEX orders_meter ON orders (meter_no, created_at);

-- The polls an order brought, as they came, for its answer.
CREATE TABLE order_poll (
    order_id text   NOT NULL,
    gateway  text   NOT NULL,
    epoch    bigint NOT NULL,
    sequence bigint NOT NULL,
    poll     bytea  NOT NULL,
    PRIMARY KEY (order_id, gateway, epoch, sequence)
);

-- Results that wait until the readings they speak of have been ingested.
CREATE TABLE result_pending (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway         text        NOT NULL,
    epoch           bigint      NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('ORDER', 'RUN')),
    result_id       text        NOT NULL,
    needs_sequence  bigint      NOT NULL,
    payload         bytea       NOT NULL,
    received_at     timestamptz NOT NULL
);
CREATE INDEX result_pending_mark ON result_pending (gateway, epoch, needs_sequence);

-- N2PLoad runs (R40-R51, D12).
CREATE TABLE load_run (
    run_id        text PRIMARY KEY,
    gateway       text        NOT NULL,
    origin        text        NOT NULL CHECK (origin IN ('CENTRE', 'AGENDA')),
    state         text        NOT NULL CHECK (state IN ('ORDERED', 'RUNNING', 'JUDGED', 'FAILED', 'EXPIRED')),
    ordered_at    timestamptz NOT NULL,
    deadline      timestamptz,
    started       timestamptz,
    finished      timestamptz,
    judged_at     timestamptz,
    complete      boolean,
    detail        text        NOT NULL DEFAULT ''
);
CREATE INDEX load_run_gateway ON load_run (gateway, ordered_at);
CREATE TABLE load_run_meter (
    run_id        text        NOT NULL REFERENCES load_run ON DELETE CASCADE,
    meter_no      text        NOT NULL,
    outcome       text        NOT NULL CHECK (outcome IN ('NEW', 'NOTHING_NEW', 'PROFILE_STALE', 'NOT_REACHED')),
    last_contact  timestamptz,
    newest        timestamptz,
    samples       bigint      NOT NULL,
    new_values    bigint      NOT NULL,
    new_registers bigint      NOT NULL,
    ko            text        NOT NULL,
    detail        text        NOT NULL,
    PRIMARY KEY (run_id, meter_no)
);

-- Ranges of interval ends (from exclusive, to inclusive) that the centre does not hold, with age and cause.
CREATE TABLE load_gap (
    meter_id   int         NOT NULL,
    profile    text        NOT NULL,
    from_ts    timestamptz NOT NULL,
    to_ts      timestamptz NOT NULL,
    cause      text        NOT NULL,
    detail     text        NOT NULL DEFAULT '',
    first_seen timestamptz NOT NULL,
    PRIMARY KEY (meter_id, profile, from_ts)
);

-- Events of edge and centre (R34, R35).
CREATE TABLE event (
    event_id    text PRIMARY KEY,
    gateway     text        NOT NULL,
    meter_no    text        NOT NULL,
    code        text        NOT NULL,
    severity    text        NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    text        text        NOT NULL,
    detail      jsonb       NOT NULL
);
CREATE INDEX event_at ON event (at);
CREATE INDEX event_code ON event (code, at);
