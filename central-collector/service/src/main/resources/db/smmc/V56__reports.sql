-- Reports of the central database (R07, R08, R29, R87), one view a report and one of its rows; a report's columns day
-- (local date) or at (time), gateway and meter are what it can be filtered by. And the data store.
CREATE SCHEMA report;
CREATE SCHEMA store;

-- The collector's own time where a session says it, so that ages follow its clock.
CREATE FUNCTION report.moment() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT coalesce(nullif(current_setting('telar.moment', true), '')::timestamptz, now()) $$;

CREATE FUNCTION report.hours(span interval) RETURNS numeric LANGUAGE sql IMMUTABLE AS
$$ SELECT round((extract(epoch FROM span) / 3600)::numeric, 2) $$;

CREATE FUNCTION report.share(part bigint, whole bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN whole = 0 THEN NULL ELSE round(100.0 * part / whole, 2) END $$;

-- 1 daily success: profile and closing of a local day, and when they were complete.
CREATE VIEW report.success_rows AS
SELECT d.day::date AS day, coalesce(m.gateway_id, '') AS gateway, m.mode, m.meter_no AS meter,
       coalesce(c.state, 'UNKNOWN') AS reachability, p.complete_at AS profile_complete_at, k.read_at AS closing_read_at,
       CASE WHEN p.complete_at IS NOT NULL AND k.read_at IS NOT NULL THEN greatest(p.complete_at, k.read_at) END AS complete_at,
       report.hours(CASE WHEN p.complete_at IS NOT NULL AND k.read_at IS NOT NULL
                         THEN greatest(p.complete_at, k.read_at) - z.ends END) AS hours_after_day
FROM meter m
LEFT JOIN meter_contact c USING (meter_id)
CROSS JOIN LATERAL generate_series(
    greatest((m.commissioned_at AT TIME ZONE m.zone)::date, (report.moment() AT TIME ZONE m.zone)::date - 92),
    (report.moment() AT TIME ZONE m.zone)::date - 1, interval '1 day') AS d(day)
CROSS JOIN LATERAL (SELECT (d.day + interval '1 day')::timestamp AT TIME ZONE m.zone AS ends) z
LEFT JOIN LATERAL (SELECT max(l.updated_at) AS complete_at FROM lp_day l
                   WHERE l.day = d.day::date AND l.meter_id = m.meter_id
                   HAVING bool_and(l.n_present >= l.n_expected)) p ON true
LEFT JOIN LATERAL (SELECT min(r.read_at) AS read_at FROM register_reading r
                   WHERE r.stamp = z.ends AND r.meter_id = m.meter_id AND r.kind = 1) k ON true
WHERE m.state = 'COMMISSIONED';

CREATE VIEW report.success AS
SELECT day, gateway, mode, count(*) AS meters, count(*) FILTER (WHERE reachability <> 'UNREACHED') AS reachable,
       count(complete_at) AS complete,
       report.share(count(*) FILTER (WHERE hours_after_day <= 8), count(*) FILTER (WHERE reachability <> 'UNREACHED')) AS pct_8h,
       report.share(count(*) FILTER (WHERE hours_after_day <= 24), count(*) FILTER (WHERE reachability <> 'UNREACHED')) AS pct_24h,
       report.share(count(*) FILTER (WHERE hours_after_day <= 72), count(*) FILTER (WHERE reachability <> 'UNREACHED')) AS pct_72h,
       report.share(count(complete_at), count(*)) AS pct_of_all
FROM report.success_rows GROUP BY day, gateway, mode;

-- 2 missing intervals and the age of the gaps.
CREATE VIEW report.missing_rows AS
SELECT g.to_ts AS at, coalesce(m.gateway_id, '') AS gateway, m.meter_no AS meter, g.profile, g.from_ts, g.to_ts,
       (extract(epoch FROM g.to_ts - g.from_ts) / coalesce(nullif(c.period_s, 0), 900))::bigint AS intervals, g.cause, g.detail,
       g.first_seen, report.hours(report.moment() - g.first_seen) AS age_hours
FROM load_gap g JOIN meter m USING (meter_id) LEFT JOIN meter_contact c USING (meter_id);

CREATE VIEW report.missing AS
SELECT gateway, cause, count(*) AS gaps, count(DISTINCT meter) AS meters, sum(intervals) AS intervals,
       min(from_ts) AS oldest_from, max(age_hours) AS oldest_age_hours
FROM report.missing_rows GROUP BY gateway, cause;

-- 3 reachability and stale runs.
CREATE VIEW report.reachability_rows AS
SELECT coalesce(m.gateway_id, '') AS gateway, m.meter_no AS meter, m.state AS life, coalesce(c.state, 'UNKNOWN') AS reachability,
       c.last_contact, report.hours(report.moment() - c.last_contact) AS silent_hours, c.newest_sample,
       coalesce(c.stale_runs, 0) AS stale_runs, c.path, c.last_run, c.last_outcome, c.last_ko, c.last_detail
FROM meter m LEFT JOIN meter_contact c USING (meter_id) WHERE m.state <> 'REMOVED';

CREATE VIEW report.reachability AS
SELECT gateway, life, reachability, count(*) AS meters, max(silent_hours) AS longest_silent_hours,
       count(*) FILTER (WHERE stale_runs > 0) AS stale_meters, max(stale_runs) AS most_stale_runs
FROM report.reachability_rows GROUP BY gateway, life, reachability;

-- 4 orders on demand.
CREATE VIEW report.orders_rows AS
SELECT o.created_at AS at, o.gateway, o.meter_no AS meter, o.order_id, o.type, o.source, o.requester, o.bulk, o.state, o.ko, o.who,
       o.detail, o.attempts, o.finished_at, round(extract(epoch FROM o.finished_at - o.created_at)::numeric, 1) AS seconds
FROM orders o;

CREATE VIEW report.orders AS
SELECT at::date AS day, gateway, type, bulk, count(*) AS orders, count(*) FILTER (WHERE state = 'EXE') AS exe,
       count(*) FILTER (WHERE state = 'WARN') AS warn, count(*) FILTER (WHERE state = 'FAIL') AS fail,
       count(*) FILTER (WHERE state = 'REJECTED') AS rejected, count(*) FILTER (WHERE state = 'EXPIRED') AS expired,
       count(*) FILTER (WHERE state = 'CANCELLED') AS cancelled, count(*) FILTER (WHERE finished_at IS NULL) AS open,
       round(avg(seconds) FILTER (WHERE state IN ('EXE', 'WARN')), 1) AS mean_seconds,
       round((percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE state IN ('EXE', 'WARN')))::numeric, 1) AS p95_seconds,
       coalesce(mode() WITHIN GROUP (ORDER BY ko) FILTER (WHERE ko <> ''), '') AS first_cause
FROM report.orders_rows GROUP BY 1, 2, 3, 4;

-- 5 progress of plans.
CREATE VIEW report.plans_rows AS
SELECT r.window_from AS at, i.gateway, m.meter_no AS meter, p.plan_id, p.name, r.run_id, i.command, i.state, i.tries, i.ko,
       i.order_id, i.next_at, i.finished_at
FROM plan_item i JOIN plan_run r USING (run_id) JOIN plan p USING (plan_id) JOIN meter m USING (meter_id);

CREATE VIEW report.plans AS
SELECT r.window_from AS at, p.plan_id, p.name, p.owner, p.state AS plan_state, r.run_id, r.origin, r.window_to, r.state, r.total,
       r.waiting, r.sent, r.exe, r.warn, r.fail, r.cancelled, r.expired,
       report.share(r.exe + r.warn + r.fail + r.cancelled + r.expired, r.total) AS pct_done,
       report.share(r.exe + r.warn, r.total) AS pct_good, p.refused
FROM plan_run r JOIN plan p USING (plan_id);

-- 9 clock offsets, by the limits of D2.
CREATE VIEW report.clocks_rows AS
SELECT coalesce(m.gateway_id, '') AS gateway, m.meter_no AS meter, round(c.clock_offset_ms / 1000.0, 1) AS offset_seconds,
       CASE WHEN abs(c.clock_offset_ms) <= 30000 THEN 'GOOD' WHEN abs(c.clock_offset_ms) <= 60000 THEN 'WARN'
            WHEN abs(c.clock_offset_ms) <= 600000 THEN 'SHIFT' ELSE 'ALARM' END AS class,
       c.last_contact
FROM meter_contact c JOIN meter m USING (meter_id) WHERE c.clock_offset_ms IS NOT NULL;

CREATE VIEW report.clocks AS
SELECT gateway, class, count(*) AS meters, max(abs(offset_seconds)) AS largest_seconds,
       round(avg(offset_seconds), 1) AS mean_seconds
FROM report.clocks_rows GROUP BY gateway, class;

-- 10 alarms by criticality and age.
CREATE VIEW report.alarms_rows AS
SELECT e.at, e.gateway, e.meter_no AS meter, e.severity, e.code, e.text, e.received_at,
       round(extract(epoch FROM e.received_at - e.at)::numeric, 1) AS seconds_to_centre,
       report.hours(report.moment() - e.at) AS age_hours, e.event_id
FROM event e WHERE e.severity <> 'INFO';

CREATE VIEW report.alarms AS
SELECT at::date AS day, gateway, severity, code, count(*) AS times, count(DISTINCT meter) AS meters, max(at) AS last_at,
       min(age_hours) AS newest_age_hours, max(age_hours) AS oldest_age_hours
FROM report.alarms_rows GROUP BY 1, 2, 3, 4;

-- 12 WAN outages and backlog: what a concentrator says it holds, and since when it is away.
CREATE VIEW report.wan_rows AS
SELECT e.at, e.gateway, e.code, e.severity, e.text, e.received_at
FROM event e WHERE e.code ~ '(LINK|WAN|TLS_|GATEWAY|OFFLINE|ONLINE|BACKLOG)';

CREATE VIEW report.wan AS
SELECT g.gateway_id AS gateway, g.name, g.online, g.online_since, g.last_seen,
       CASE WHEN g.online THEN 0 ELSE report.hours(report.moment() - g.last_seen) END AS away_hours, g.backlog, g.version,
       (SELECT count(*) FROM report.wan_rows w WHERE w.gateway = g.gateway_id
                                                 AND w.at > report.moment() - interval '7 days') AS events_7d
FROM gateway g;

-- 13 audit and access.
CREATE VIEW report.audit_rows AS
SELECT a.at, a.seq, a.who, a.kind, a.source, a.action, a.target, a.result FROM audit a;

CREATE VIEW report.audit AS
SELECT at::date AS day, who, kind, count(*) AS changes, count(*) FILTER (WHERE result >= 400) AS refused,
       count(DISTINCT source) AS sources, max(at) AS last_at
FROM report.audit_rows GROUP BY 1, 2, 3;

-- The data store (R87): what was extracted, identified, qualified and found good; the rest is a reject with its reason.
CREATE TABLE store.daily (
    day        date        NOT NULL,
    meter      text        NOT NULL,
    channel    text        NOT NULL,
    gateway    text        NOT NULL,
    mode       text        NOT NULL,
    kind       text        NOT NULL,
    unit       text        NOT NULL,
    present    int         NOT NULL,
    expected   int         NOT NULL,
    value      numeric,              -- of increments their sum, of captured registers the last one
    estimated  int         NOT NULL, -- values with a quality other than 1.0.0
    flags      int         NOT NULL,
    loaded_at  timestamptz NOT NULL, -- in the Legacy database
    stored_at  timestamptz NOT NULL,
    PRIMARY KEY (day, meter, channel)
);
CREATE INDEX daily_gateway ON store.daily (gateway, day);
CREATE TABLE store.closing (
    stamp     timestamptz NOT NULL,
    meter     text        NOT NULL,
    channel   text        NOT NULL,
    gateway   text        NOT NULL,
    kind      text        NOT NULL,
    unit      text        NOT NULL,
    value     numeric     NOT NULL,
    quality   text        NOT NULL,
    loaded_at timestamptz NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (stamp, meter, channel, kind)
);
CREATE TABLE store.reject (
    what      text        NOT NULL CHECK (what IN ('daily', 'closing')),
    key_at    text        NOT NULL, -- day or stamp
    meter     text        NOT NULL,
    channel   text        NOT NULL,
    code      text        NOT NULL,
    reason    text        NOT NULL,
    record    jsonb       NOT NULL,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (what, key_at, meter, channel)
);
CREATE TABLE store.run (
    run_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started   timestamptz NOT NULL,
    ended     timestamptz NOT NULL,
    watermark timestamptz NOT NULL,
    extracted bigint      NOT NULL,
    stored    bigint      NOT NULL,
    rejected  bigint      NOT NULL
);
-- Periodic statistics (R11).
CREATE VIEW store.statistics AS
SELECT day, gateway, mode, channel, unit, count(*) AS meters, sum(present) AS present, sum(expected) AS expected,
       report.share(sum(present), sum(expected)) AS pct_present, sum(value) FILTER (WHERE kind = 'increment') AS energy,
       sum(estimated) AS not_plain, sum(flags) AS flags
FROM store.daily GROUP BY day, gateway, mode, channel, unit;

CREATE VIEW report.store AS
SELECT started AS at, ended, watermark, extracted, stored, rejected FROM store.run;
CREATE VIEW report.store_rows AS
SELECT last_at AS at, what, key_at, meter, channel, code, reason, first_at FROM store.reject;

-- Interested parties (R08): who gets which reports of which meters, how and when; and what was delivered.
CREATE TABLE report_subscription (
    id         text PRIMARY KEY,
    party      text        NOT NULL,
    reports    text[]      NOT NULL,
    gateways   text[]      NOT NULL, -- scope; both empty: everything
    meters     text[]      NOT NULL,
    mode       text        NOT NULL CHECK (mode IN ('AUTOMATIC', 'SCHEDULED', 'ON_REQUEST')),
    every_s    bigint      NOT NULL DEFAULT 0,
    days       int         NOT NULL, -- how many local days back a delivery reaches
    target     text        NOT NULL, -- folder, or an https address
    token_file text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    next_at    timestamptz
);
CREATE TABLE report_delivery (
    delivery_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription text        NOT NULL,
    party        text        NOT NULL,
    cause        text        NOT NULL,
    requested_at timestamptz NOT NULL,
    from_day     date        NOT NULL,
    to_day       date        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'FAILED')),
    attempts     int         NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL,
    files        int         NOT NULL DEFAULT 0,
    bytes        bigint      NOT NULL DEFAULT 0,
    error        text        NOT NULL DEFAULT '',
    finished_at  timestamptz
);
CREATE INDEX report_delivery_pending ON report_delivery (next_at) WHERE state = 'PENDING';

-- What the role smmc_reader may read, where the server has it: reports and data store, no table with secrets (R07).
CREATE FUNCTION grant_readers() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'smmc_reader') THEN
        RETURN false;
    END IF;
    GRANT USAGE ON SCHEMA report, store TO smmc_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA report, store TO smmc_reader;
    REVOKE SELECT ON report.audit, report.audit_rows FROM smmc_reader;
    RETURN true;
END $$;
