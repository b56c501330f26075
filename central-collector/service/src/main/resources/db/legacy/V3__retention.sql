-- Retention: everything of days before a date goes, whole months at once; what lies outside of any partition row by row.
-- The journal of files stays as long as their readings; a file that was settled without any is as old as its entry.
CREATE FUNCTION forget_before(day_limit date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    first_kept date := date_trunc('month', day_limit)::date;
    moment timestamptz := first_kept::timestamp AT TIME ZONE 'UTC';
    part record;
    gone bigint := 0;
    n bigint;
BEGIN
    FOR part IN SELECT c.relname, p.relname AS parent FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                JOIN pg_class p ON p.oid = i.inhparent
                WHERE p.relname IN ('lp_day', 'register_reading') AND c.relname ~ '_\d{6}$'
                  AND to_date(right(c.relname, 6), 'YYYYMM') < first_kept LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', part.parent, part.relname);
        EXECUTE format('SELECT count(*) FROM %I', part.relname) INTO n;
        EXECUTE format('DROP TABLE %I', part.relname);
        gone := gone + n;
    END LOOP;
    DELETE FROM lp_day_other WHERE day < first_kept;
    GET DIAGNOSTICS n = ROW_COUNT; gone := gone + n;
    DELETE FROM register_reading_other WHERE read_ts < moment;
    GET DIAGNOSTICS n = ROW_COUNT; gone := gone + n;
    DELETE FROM lp_exception WHERE ts < moment;
    GET DIAGNOSTICS n = ROW_COUNT; gone := gone + n;
    DELETE FROM reading_history WHERE ts < moment;
    DELETE FROM file_block WHERE at < moment;
    DELETE FROM file_journal j WHERE created_at < moment
        AND state IN ('LOADED', 'DISCARDED', 'REJECTED', 'QUARANTINED')
        AND NOT EXISTS (SELECT 1 FROM file_block b WHERE b.file_id = j.file_id);
    RETURN gone;
END $$;

-- What was overruled, with names (D21): the older value that gave way, or the one that came and was refused.
CREATE VIEW reading_conflict AS
SELECT m.meter_no          AS meter,
       t.obis              AS channel,
       h.ts                AS stamp_utc,
       h.kind,
       trim_scale(h.value) AS value,
       q.codes             AS quality,
       h.reason, h.read_at AS read_at_utc, h.at AS superseded_at_utc, j.name AS file
FROM reading_history h
JOIN meter m USING (meter_id)
JOIN reading_type t USING (rt_id)
JOIN quality_set q USING (q_id)
LEFT JOIN file_journal j USING (file_id);
