-- Reports of the Legacy database (R08, R17), as those of the central one.
CREATE SCHEMA report;

CREATE FUNCTION report.share(part bigint, whole bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN whole = 0 THEN NULL ELSE round(100.0 * part / whole, 2) END $$;

-- 6 files of the integrator.
CREATE VIEW report.files_rows AS
SELECT j.created_at AS at, j.file_id, j.name, j.state, j.warn, j.code, j.reason, j.data_type, j.message_id, j.n_meters, j.n_values,
       j.n_loaded, j.n_duplicates, j.n_conflicts, j.n_missing, j.quarantined_blocks, j.attempts, j.redelivered, j.next_at,
       j.loaded_at, round(extract(epoch FROM j.loaded_at - j.created_at)::numeric, 2) AS load_seconds
FROM file_journal j;

CREATE VIEW report.files AS
SELECT at::date AS day, state, data_type, count(*) AS files, count(*) FILTER (WHERE warn) AS warn,
       count(*) FILTER (WHERE attempts > 1) AS reinjected, sum(n_values) AS n_values, sum(n_loaded) AS n_loaded,
       sum(quarantined_blocks) AS quarantined_blocks, round(avg(load_seconds), 2) AS mean_load_seconds,
       round((percentile_cont(0.95) WITHIN GROUP (ORDER BY load_seconds))::numeric, 2) AS p95_load_seconds
FROM report.files_rows GROUP BY 1, 2, 3;

-- 7 duplicates and conflicts.
CREATE VIEW report.duplicates_rows AS
SELECT superseded_at_utc AS at, meter, channel, stamp_utc, kind, value, quality, reason, read_at_utc, file FROM reading_conflict;

CREATE VIEW report.duplicates AS
SELECT at::date AS day, count(*) AS files, sum(n_values) AS n_values, sum(n_duplicates) AS duplicates,
       sum(n_conflicts) AS conflicts, sum(redelivered) AS redelivered_files,
       report.share(sum(n_duplicates)::bigint, sum(n_values)::bigint) AS pct_duplicates
FROM report.files_rows WHERE state = 'LOADED' GROUP BY 1;

-- 8 quality shares and validation failures.
CREATE VIEW report.quality_rows AS
SELECT day, meter, channel, rule, from_utc, to_utc, n, detail, file FROM validation;

CREATE VIEW report.quality AS
WITH counted AS (
    SELECT d.day, t.obis AS channel, '1.0.0' AS name, sum(d.n_present)::bigint AS n
    FROM lp_day d JOIN reading_type t USING (rt_id) WHERE d.q IS NULL GROUP BY 1, 2
    UNION ALL
    SELECT d.day, t.obis, coalesce(q.codes, '1.0.0'), count(*)
    FROM lp_day d JOIN reading_type t USING (rt_id) CROSS JOIN LATERAL unnest(d.q, d.vals, d.wide) AS s(q_id, v, w)
    LEFT JOIN quality_set q ON q.q_id = s.q_id
    WHERE d.q IS NOT NULL AND (q.codes IS NOT NULL OR s.v IS NOT NULL OR s.w IS NOT NULL) GROUP BY 1, 2, 3),
joined AS (SELECT day, channel, name, sum(n)::bigint AS n FROM counted GROUP BY 1, 2, 3)
SELECT day, channel, 'quality' AS what, name, n,
       report.share(n, (sum(n) OVER (PARTITION BY day, channel))::bigint) AS pct
FROM joined
UNION ALL
SELECT f.day, t.obis, 'flag', f.rule, sum(f.n)::bigint, NULL
FROM validation_flag f JOIN reading_type t USING (rt_id) GROUP BY 1, 2, 4;

-- 11 local extractions (R46): values that came by hand, quality 1.4.131.
CREATE VIEW report.extractions_rows AS
SELECT d.day, m.meter_no AS meter, t.obis AS channel, min(d.t0 + make_interval(secs => (s.i - 1) * d.step_s)) AS first_utc,
       max(d.t0 + make_interval(secs => (s.i - 1) * d.step_s)) AS last_utc, count(*) AS n_values, max(d.read_at) AS read_at_utc
FROM lp_day d JOIN meter m USING (meter_id) JOIN reading_type t USING (rt_id)
CROSS JOIN LATERAL unnest(d.q) WITH ORDINALITY AS s(q_id, i)
JOIN quality_set q ON q.q_id = s.q_id AND '1.4.131' = ANY (string_to_array(q.codes, '+'))
WHERE d.q IS NOT NULL GROUP BY 1, 2, 3;

CREATE VIEW report.extractions AS
SELECT day, count(DISTINCT meter) AS meters, sum(n_values) AS n_values, min(first_utc) AS first_utc, max(last_utc) AS last_utc
FROM report.extractions_rows GROUP BY day;

CREATE OR REPLACE FUNCTION grant_readers() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'legacy_reader') THEN
        RETURN false;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO legacy_reader', current_database());
    GRANT USAGE ON SCHEMA public, report TO legacy_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA public, report TO legacy_reader;
    RETURN true;
END $$;
