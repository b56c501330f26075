-- Validation on the way in: flags, never changes of what came. And the gaps, with age, cause and end.

ALTER TABLE file_journal ADD COLUMN validated_at timestamptz;
CREATE INDEX file_journal_unvalidated ON file_journal (file_id) WHERE state = 'LOADED' AND validated_at IS NULL;

-- What a file touched is found without reading everything.
CREATE INDEX lp_day_file ON lp_day USING brin (file_id) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX register_reading_file ON register_reading USING brin (file_id)
    WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX lp_exception_file ON lp_exception (file_id);
CREATE INDEX reading_history_file ON reading_history (file_id);

CREATE TABLE validation_flag (
    day      date        NOT NULL, -- local day of the interval's start; of a closing, the day it closes
    meter_id int         NOT NULL,
    rt_id    smallint    NOT NULL,
    rule     text        NOT NULL CHECK (rule IN ('GAP', 'MISSING', 'NEGATIVE', 'SPIKE', 'ZERO_RUN', 'FUTURE', 'CLOCK',
                                                  'OFF_GRID', 'DOUBLE_ROW', 'CONFLICT', 'SUM')),
    from_ts  timestamptz NOT NULL, -- exclusive: start of the first interval concerned
    to_ts    timestamptz NOT NULL, -- inclusive
    n        int         NOT NULL, -- values or slots concerned
    detail   text        NOT NULL,
    file_id  bigint      NOT NULL, -- whose load brought the flag up
    at       timestamptz NOT NULL,
    PRIMARY KEY (day, meter_id, rt_id, rule, to_ts)
);

-- Ranges of interval ends without a value, within what is held of a channel.
CREATE TABLE load_gap (
    meter_id   int         NOT NULL,
    rt_id      smallint    NOT NULL,
    from_ts    timestamptz NOT NULL, -- exclusive
    to_ts      timestamptz NOT NULL, -- inclusive
    cause      text        NOT NULL CHECK (cause IN ('MISSING_AT_METER', 'NOT_RECEIVED')),
    slots      int         NOT NULL,
    first_seen timestamptz NOT NULL,
    closed_at  timestamptz,          -- NULL: open
    PRIMARY KEY (meter_id, rt_id, from_ts, to_ts, first_seen)
);
CREATE INDEX load_gap_open ON load_gap (meter_id, rt_id) WHERE closed_at IS NULL;

CREATE VIEW validation AS
SELECT f.day, m.meter_no AS meter, t.obis AS channel, f.rule, f.from_ts AS from_utc, f.to_ts AS to_utc, f.n, f.detail,
       f.at AS flagged_at_utc, j.name AS file
FROM validation_flag f
JOIN meter m USING (meter_id)
JOIN reading_type t USING (rt_id)
LEFT JOIN file_journal j USING (file_id);

CREATE VIEW gap AS
SELECT m.meter_no AS meter, t.obis AS channel, g.from_ts AS from_utc, g.to_ts AS to_utc, g.slots, g.cause,
       g.first_seen AS first_seen_utc, g.closed_at AS closed_at_utc
FROM load_gap g
JOIN meter m USING (meter_id)
JOIN reading_type t USING (rt_id);

CREATE FUNCTION forget_flags_before(day_limit date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; gone bigint := 0;
BEGIN
    DELETE FROM validation_flag WHERE day < date_trunc('month', day_limit);
    GET DIAGNOSTICS n = ROW_COUNT; gone := n;
    DELETE FROM load_gap WHERE to_ts < date_trunc('month', day_limit)::timestamp AT TIME ZONE 'UTC';
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN gone + n;
END $$;
