-- Reports on what came after them: alarms with their end (R34), outages by the link's own events, local extractions (R46).

DROP VIEW report.alarms, report.alarms_rows, report.wan, report.wan_rows;

CREATE VIEW report.alarms_rows AS
SELECT a.raised_at AS at, a.gateway, a.meter_no AS meter, a.severity, a.kind AS code, a.subject, a.text,
       CASE WHEN a.cleared_at IS NOT NULL THEN 'CLEARED' WHEN a.acknowledged_at IS NOT NULL THEN 'ACKNOWLEDGED' ELSE 'OPEN' END AS state,
       a.times, a.noticed_at, round(extract(epoch FROM a.noticed_at - a.raised_at)::numeric, 1) AS seconds_to_centre,
       report.hours(coalesce(a.cleared_at, report.moment()) - a.raised_at) AS age_hours, a.cleared_at, a.acknowledged_at,
       a.acknowledged_by, a.alarm_id
FROM alarm a;

CREATE VIEW report.alarms AS
SELECT at::date AS day, gateway, severity, code, count(*) AS alarms, count(*) FILTER (WHERE state = 'OPEN') AS open,
       count(*) FILTER (WHERE state = 'ACKNOWLEDGED') AS acknowledged, count(*) FILTER (WHERE state = 'CLEARED') AS cleared,
       count(DISTINCT meter) AS meters, max(age_hours) FILTER (WHERE state <> 'CLEARED') AS oldest_open_hours,
       max(seconds_to_centre) AS most_seconds_to_centre
FROM report.alarms_rows GROUP BY 1, 2, 3, 4;

CREATE VIEW report.wan_rows AS
SELECT at, gateway, back_at, report.hours(coalesce(back_at, report.moment()) - at) AS outage_hours, text
FROM (SELECT e.at, e.gateway, e.code, e.text,
             min(e.at) FILTER (WHERE e.code = 'LINK_UP') OVER (PARTITION BY e.gateway ORDER BY e.at, e.received_at, e.event_id
                 ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS back_at
      FROM event e WHERE e.code IN ('LINK_UP', 'LINK_DOWN')) x
WHERE code = 'LINK_DOWN';

CREATE VIEW report.wan AS
SELECT g.gateway_id AS gateway, g.name, g.online, g.online_since, g.last_seen,
       CASE WHEN g.online THEN 0 ELSE report.hours(report.moment() - g.last_seen) END AS away_hours, g.backlog, g.version,
       count(w.at) AS outages_7d, max(w.outage_hours) AS longest_hours_7d
FROM gateway g LEFT JOIN report.wan_rows w ON w.gateway = g.gateway_id AND w.at > report.moment() - interval '7 days'
GROUP BY g.gateway_id;

CREATE VIEW report.extractions_rows AS
SELECT x.imported_at AS at, x.gateway, x.from_at, x.to_at, x.created_at, x.times, x.polls, x.new_values, x.known_values,
       x.new_registers, x.held, x.quarantined, x.sha256
FROM extraction x;

CREATE VIEW report.extractions AS
SELECT at::date AS day, gateway, count(*) AS files, min(from_at) AS from_at, max(to_at) AS to_at, sum(new_values) AS new_values,
       sum(known_values) AS known_values, sum(new_registers) AS new_registers, sum(held) AS held, sum(quarantined) AS quarantined
FROM report.extractions_rows GROUP BY 1, 2;
