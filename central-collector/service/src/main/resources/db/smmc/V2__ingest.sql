-- What is committed of each gateway's outbox (R4 and R11 of reliability). Everything up to high_water, and the single
-- sequences in inbox, which stay there only until the hole below them is filled.
CREATE TABLE ingest_mark (
    gateway    text        NOT NULL,
    epoch      bigint      NOT NULL,
    high_water bigint      NOT NULL DEFAULT 0,
    first_seen timestamptz NOT NULL,
    PRIMARY KEY (gateway, epoch)
);
CREATE TABLE inbox (
    gateway     text        NOT NULL,
    epoch       bigint      NOT NULL,
    sequence    bigint      NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (gateway, epoch, sequence)
);

-- Messages and entries that do not follow the contract (R13 of reliability).
CREATE TABLE quarantine (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic    text        NOT NULL,
    gateway  text        NOT NULL,
    epoch    bigint,
    sequence bigint,
    reason   text        NOT NULL,
    payload  bytea       NOT NULL,
    size     int         NOT NULL, -- of the whole message; the payload is kept up to a bound
    at       timestamptz NOT NULL
);

-- Polls of meters that are unknown or not commissioned yet; released when they are (fault 33).
CREATE TABLE held_poll (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway  text        NOT NULL,
    epoch    bigint      NOT NULL,
    sequence bigint      NOT NULL,
    meter_no text        NOT NULL,
    reason   text        NOT NULL,
    payload  bytea       NOT NULL,
    held_at  timestamptz NOT NULL,
    UNIQUE (gateway, epoch, sequence)
);
CREATE INDEX held_poll_meter ON held_poll (meter_no, id);

-- Load profile: one row per meter, channel group and local day. The block is org.telar.api.model.BlockCodec over the
-- whole day's grid; read_times says when each slot was read at the edge (D21).
CREATE TABLE lp_shape (
    shape_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shape    text NOT NULL UNIQUE, -- profile, period, phase, channels with scaler and unit (D4)
    profile  text NOT NULL,
    period_s int  NOT NULL
);
CREATE TABLE lp_day (
    day        date        NOT NULL,
    meter_id   int         NOT NULL,
    shape_id   int         NOT NULL,
    block      bytea       NOT NULL,
    read_times bytea       NOT NULL,
    n_present  int         NOT NULL, -- slots with a row
    n_missing  int         NOT NULL, -- slots the meter has no row for
    n_expected int         NOT NULL, -- length of the local day / period (D5)
    rev        int         NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (day, meter_id, shape_id)
) PARTITION BY RANGE (day);
CREATE TABLE lp_day_other PARTITION OF lp_day DEFAULT;

-- Rows off the grid, and second rows of a slot, with their own time (D4).
CREATE TABLE lp_exception (
    meter_id   int         NOT NULL,
    shape_id   int         NOT NULL,
    at         timestamptz NOT NULL,
    row_hash   bigint      NOT NULL,
    status     int         NOT NULL,
    cells      bigint[]    NOT NULL, -- NULL = no value
    read_at    timestamptz NOT NULL,
    PRIMARY KEY (meter_id, shape_id, at, row_hash)
);

-- Closings and registers read on demand.
CREATE TABLE register_type (
    type_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    obis    text     NOT NULL,
    scaler  smallint NOT NULL,
    unit    smallint NOT NULL,
    UNIQUE (obis, scaler, unit)
);
CREATE TABLE register_reading (
    stamp       timestamptz NOT NULL,
    meter_id    int         NOT NULL,
    kind        smallint    NOT NULL, -- org.telar.api.model.RegisterKind
    source      text        NOT NULL,
    type_id     smallint    NOT NULL,
    value       bigint      NOT NULL, -- unscaled (D6)
    occurred_at timestamptz,          -- of a maximum demand (D18)
    status      int         NOT NULL,
    read_at     timestamptz NOT NULL,
    rev         int         NOT NULL,
    PRIMARY KEY (stamp, meter_id, kind, source, type_id)
) PARTITION BY RANGE (stamp);
CREATE TABLE register_reading_other PARTITION OF register_reading DEFAULT;

-- What was overruled by a later reading of the same thing (D21), one line a slot or register.
CREATE TABLE reading_history (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter_id    int         NOT NULL,
    what        text        NOT NULL, -- profile or register, OBIS
    at          timestamptz NOT NULL, -- interval end or stamp
    status      int         NOT NULL,
    cells       bigint[]    NOT NULL,
    read_at     timestamptz NOT NULL,
    reason      text        NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX reading_history_meter ON reading_history (meter_id, at);

-- Status words, a line a change (D16).
CREATE TABLE status_word (
    meter_id int         NOT NULL,
    object   text        NOT NULL,
    read_at  timestamptz NOT NULL,
    bits     bigint      NOT NULL,
    PRIMARY KEY (meter_id, object, read_at)
);

-- What each order or run brought, per meter: the ground of its judgement (D12).
CREATE TABLE intake (
    activity      text   NOT NULL,
    meter_id      int    NOT NULL,
    polls         int    NOT NULL,
    new_values    bigint NOT NULL,
    known_values  bigint NOT NULL,
    new_registers bigint NOT NULL,
    newest        timestamptz,
    PRIMARY KEY (activity, meter_id)
);

-- Counters that outlive the process; one row a name and instance.
CREATE TABLE counter (
    name     text   NOT NULL,
    instance text   NOT NULL,
    n        bigint NOT NULL,
    PRIMARY KEY (name, instance)
);
