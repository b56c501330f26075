-- Legacy Integration Database: load profiles and registers only (R67), with the journal of the files they came in.
-- Load profiles are packed, one row per meter, reading type and local day; lp_sample shows them as samples.

CREATE TABLE meter (
    meter_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter_no text        NOT NULL UNIQUE,
    mrid     text        NOT NULL,
    tz       text        NOT NULL, -- fixes the days of its packed rows (D5)
    added_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE reading_type (
    rt_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mrid  text     NOT NULL UNIQUE,
    obis  text     NOT NULL, -- the channel as captured (D7)
    kind  text     NOT NULL CHECK (kind IN ('increment', 'register')),
    unit  text     NOT NULL, -- of the values here: without multiplier
    pow10 smallint NOT NULL  -- multiplier in the CIM messages
);

CREATE TABLE quality_set (
    q_id     smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    codes    text     NOT NULL, -- CIM codes, ascending, joined by +
    comments text     NOT NULL DEFAULT '',
    rank     smallint NOT NULL, -- 3 approved edit, 2 measured, 1 estimated (D21)
    UNIQUE (codes, comments)
);
INSERT INTO quality_set (codes, comments, rank) VALUES ('1.0.0', '', 2);

CREATE TABLE file_journal (
    file_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name               text        NOT NULL,
    sha256             bytea       NOT NULL UNIQUE,
    message_id         text UNIQUE,
    source             text        NOT NULL DEFAULT '',
    correlation_id     text        NOT NULL DEFAULT '',
    data_type          text        NOT NULL DEFAULT '',
    message_index      text        NOT NULL DEFAULT '',
    state              text        NOT NULL CHECK (state IN
                         ('WRITTEN', 'VALIDATING', 'LOADED', 'DISCARDED', 'REJECTED', 'RETRY_WAIT', 'QUARANTINED')),
    warn               boolean     NOT NULL DEFAULT false, -- LOADED with observations (D9)
    code               text        NOT NULL DEFAULT '',
    reason             text        NOT NULL DEFAULT '',
    n_meters           int         NOT NULL DEFAULT 0,
    n_values           bigint      NOT NULL DEFAULT 0, -- values in the file
    n_loaded           bigint      NOT NULL DEFAULT 0, -- new here
    n_duplicates       bigint      NOT NULL DEFAULT 0, -- here already, unchanged
    n_conflicts        bigint      NOT NULL DEFAULT 0, -- here already with another value or quality
    n_missing          bigint      NOT NULL DEFAULT 0, -- known missing slots
    n_quarantined      bigint      NOT NULL DEFAULT 0, -- values in quarantined blocks
    quarantined_blocks int         NOT NULL DEFAULT 0,
    redelivered        int         NOT NULL DEFAULT 0, -- the same content came again, to no effect
    attempts           int         NOT NULL DEFAULT 0,
    next_at            timestamptz,
    archived_at        timestamptz, -- when the file left the inbox
    size_bytes         bigint      NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL,
    loaded_at          timestamptz
);
CREATE INDEX file_journal_state ON file_journal (state, created_at);

-- A block that could not be taken while the rest of its file was (D9); replayable.
CREATE TABLE file_block (
    block_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_id      bigint      NOT NULL REFERENCES file_journal,
    meter_no     text        NOT NULL,
    reading_type text        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('INTERVALS', 'REGISTER')),
    code         text        NOT NULL,
    reason       text        NOT NULL,
    content      text        NOT NULL, -- one reading a line: time;value;qualities
    at           timestamptz NOT NULL
);
CREATE INDEX file_block_file ON file_block (file_id);

CREATE TABLE lp_day (
    day        date        NOT NULL, -- local day of the interval's start (D5)
    meter_id   int         NOT NULL,
    rt_id      smallint    NOT NULL,
    t0         timestamptz NOT NULL, -- end of the day's first interval
    step_s     int         NOT NULL,
    scaler     smallint    NOT NULL, -- value = (base + vals[i], or wide[i]) * 10^scaler
    base       bigint      NOT NULL,
    vals       int[]       NOT NULL, -- NULL = no value
    wide       bigint[],             -- instead of vals when a day's values lie too far apart for int
    q          smallint[],           -- quality_set of each slot; NULL = every value is 1.0.0
    n_present  int         NOT NULL,
    n_expected int         NOT NULL,
    read_at    timestamptz NOT NULL, -- newest reading at the edge; decides conflicts (D21)
    read_lag   int[],                -- seconds before read_at, slot by slot; NULL = none
    rev        int         NOT NULL DEFAULT 1,
    file_id    bigint      NOT NULL,
    loaded_at  timestamptz NOT NULL,
    PRIMARY KEY (day, meter_id, rt_id)
) PARTITION BY RANGE (day);
CREATE TABLE lp_day_other PARTITION OF lp_day DEFAULT;

-- Rows off the grid and second ones in their slot, each with its own time (D4).
CREATE TABLE lp_exception (
    meter_id   int         NOT NULL,
    rt_id      smallint    NOT NULL,
    ts         timestamptz NOT NULL,
    occurrence smallint    NOT NULL,
    value      numeric     NOT NULL,
    q_id       smallint    NOT NULL REFERENCES quality_set,
    read_at    timestamptz NOT NULL,
    file_id    bigint      NOT NULL,
    loaded_at  timestamptz NOT NULL,
    PRIMARY KEY (meter_id, rt_id, ts, occurrence)
);

CREATE TABLE register_reading (
    read_ts     timestamptz NOT NULL, -- stamp of the closing, or of the read
    meter_id    int         NOT NULL,
    rt_id       smallint    NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('daily', 'billing', 'ondemand')),
    value       numeric     NOT NULL,
    occurred_at timestamptz,          -- of a maximum demand (D18)
    q_id        smallint    NOT NULL,
    read_at     timestamptz NOT NULL,
    rev         int         NOT NULL DEFAULT 1,
    file_id     bigint      NOT NULL,
    loaded_at   timestamptz NOT NULL,
    PRIMARY KEY (read_ts, meter_id, rt_id, kind)
) PARTITION BY RANGE (read_ts);
CREATE TABLE register_reading_other PARTITION OF register_reading DEFAULT;

-- Every value that another one of the same key contradicted: the older one that was replaced, or the one that came and
-- had to give way.
CREATE TABLE reading_history (
    meter_id    int         NOT NULL,
    rt_id       smallint    NOT NULL,
    ts          timestamptz NOT NULL,
    kind        text        NOT NULL, -- profile, daily, billing, ondemand
    value       numeric     NOT NULL,
    occurred_at timestamptz,
    q_id        smallint    NOT NULL,
    read_at     timestamptz NOT NULL,
    file_id     bigint      NOT NULL, -- the file that brought the conflict
    reason      text        NOT NULL CHECK (reason IN ('REPLACED', 'REFUSED')),
    at          timestamptz NOT NULL
);
CREATE INDEX reading_history_key ON reading_history (meter_id, rt_id, ts);

CREATE FUNCTION scaled(unscaled bigint, scaler smallint) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN scaler = 0 THEN unscaled::numeric
               ELSE trim_scale(unscaled::numeric * ('1e' || scaler)::numeric) END $$;

-- What the Legacy reads: one row per value, exceptions included.
CREATE VIEW lp_sample AS
SELECT m.meter_no                                                    AS meter,
       t.obis                                                        AS channel,
       d.t0 + make_interval(secs => (s.i - 1) * d.step_s)            AS interval_end_utc,
       scaled(coalesce(d.base + s.v, s.w), d.scaler)                 AS value,
       coalesce(q.codes, '1.0.0')                                    AS quality,
       t.kind, t.unit, d.rev                                         AS revision, false AS off_grid
FROM lp_day d
JOIN meter m USING (meter_id)
JOIN reading_type t USING (rt_id)
CROSS JOIN LATERAL unnest(d.vals, d.wide, d.q) WITH ORDINALITY AS s(v, w, q_id, i)
LEFT JOIN quality_set q ON q.q_id = s.q_id
WHERE s.v IS NOT NULL OR s.w IS NOT NULL
UNION ALL
SELECT m.meter_no, t.obis, e.ts, trim_scale(e.value), q.codes, t.kind, t.unit, 1, true
FROM lp_exception e
JOIN meter m USING (meter_id)
JOIN reading_type t USING (rt_id)
JOIN quality_set q USING (q_id);

-- Slots that are known to have no value.
CREATE VIEW lp_missing AS
SELECT m.meter_no AS meter, t.obis AS channel, d.t0 + make_interval(secs => (s.i - 1) * d.step_s) AS interval_end_utc,
       q.codes AS quality
FROM lp_day d
JOIN meter m USING (meter_id)
JOIN reading_type t USING (rt_id)
CROSS JOIN LATERAL unnest(d.vals, d.wide, d.q) WITH ORDINALITY AS s(v, w, q_id, i)
JOIN quality_set q ON q.q_id = s.q_id
WHERE s.v IS NULL AND s.w IS NULL;

CREATE VIEW register_sample AS
SELECT m.meter_no          AS meter,
       t.obis              AS channel,
       r.read_ts           AS stamp_utc,
       trim_scale(r.value) AS value,
       r.occurred_at       AS occurred_at_utc,
       q.codes             AS quality,
       r.kind, t.unit, r.rev AS revision
FROM register_reading r
JOIN meter m USING (meter_id)
JOIN reading_type t USING (rt_id)
JOIN quality_set q USING (q_id);

-- A month's partitions, if they do not exist; rows of the month that lie in the default partitions move over.
CREATE FUNCTION ensure_month(month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    next  date := (date_trunc('month', month) + interval '1 month')::date;
    tag   text := to_char(first, 'YYYYMM');
BEGIN
    IF to_regclass('lp_day_' || tag) IS NOT NULL THEN
        RETURN false;
    END IF;
    LOCK TABLE lp_day, register_reading IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE lp_day_%s (LIKE lp_day INCLUDING ALL)', tag);
    EXECUTE format('WITH moved AS (DELETE FROM lp_day_other WHERE day >= %1$L AND day < %2$L RETURNING *)'
                   ' INSERT INTO lp_day_%3$s SELECT * FROM moved', first, next, tag);
    EXECUTE format('ALTER TABLE lp_day ATTACH PARTITION lp_day_%s FOR VALUES FROM (%L) TO (%L)', tag, first, next);
    EXECUTE format('CREATE TABLE register_reading_%s (LIKE register_reading INCLUDING ALL)', tag);
    EXECUTE format('WITH moved AS (DELETE FROM register_reading_other WHERE read_ts >= %1$L AND read_ts < %2$L'
                   ' RETURNING *) INSERT INTO register_reading_%3$s SELECT * FROM moved',
                   first::timestamp AT TIME ZONE 'UTC', next::timestamp AT TIME ZONE 'UTC', tag);
    EXECUTE format('ALTER TABLE register_reading ATTACH PARTITION register_reading_%s FOR VALUES FROM (%L) TO (%L)',
                   tag, first::timestamp AT TIME ZONE 'UTC', next::timestamp AT TIME ZONE 'UTC');
    RETURN true;
END $$;

-- Read-only access for the role legacy_reader, where the server has it (R07, R08).
CREATE FUNCTION grant_readers() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'legacy_reader') THEN
        RETURN false;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO legacy_reader', current_database());
    GRANT USAGE ON SCHEMA public TO legacy_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO legacy_reader;
    RETURN true;
END $$;
