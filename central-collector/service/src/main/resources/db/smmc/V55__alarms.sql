-- Alarms: conditions that begin and end, kept apart from the events that tell of them (R34, D16).
CREATE TABLE alarm (
    alarm_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope           text        NOT NULL, -- m:METER or g:CONCENTRATOR, g: alone for the centre
    gateway         text        NOT NULL,
    meter_no        text        NOT NULL,
    kind            text        NOT NULL,
    subject         text        NOT NULL,
    severity        text        NOT NULL CHECK (severity IN ('INFO', 'WARNING', 'CRITICAL')),
    text            text        NOT NULL,
    text_es         text        NOT NULL DEFAULT '',
    clears_itself   boolean     NOT NULL,
    from_word       boolean     NOT NULL,
    raised_at       timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    times           int         NOT NULL DEFAULT 1,
    noticed_at      timestamptz NOT NULL,
    cleared_at      timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text        NOT NULL DEFAULT '',
    note            text        NOT NULL DEFAULT '',
    storm           boolean     NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX alarm_open ON alarm (scope, kind, subject) WHERE cleared_at IS NULL;
CREATE INDEX alarm_key ON alarm (scope, kind, subject, alarm_id DESC);
CREATE INDEX alarm_noticed ON alarm (kind, gateway, noticed_at);

-- What changed and is still to be told on the alarm channel.
CREATE TABLE alarm_notice (
    notice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm_id  bigint      NOT NULL,
    change    text        NOT NULL,
    at        timestamptz NOT NULL,
    body      text        NOT NULL
);

-- An event is judged once; its row is the duty to do so, and to tell the site's security log.
ALTER TABLE event ADD COLUMN alarm_pending boolean NOT NULL DEFAULT false;
ALTER TABLE event ALTER COLUMN alarm_pending SET DEFAULT true;
CREATE INDEX event_alarm_pending ON event (received_at, event_id) WHERE alarm_pending;
ALTER TABLE event ADD COLUMN syslog_pending boolean NOT NULL DEFAULT false;
ALTER TABLE event ALTER COLUMN syslog_pending SET DEFAULT true;
CREATE INDEX event_syslog_pending ON event (received_at, event_id) WHERE syslog_pending;
CREATE INDEX event_meter ON event (meter_no, at) WHERE meter_no <> '';

-- How far the audit was told to the site's security log.
CREATE TABLE syslog_mark (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    audit_seq bigint  NOT NULL
);
INSERT INTO syslog_mark (audit_seq) VALUES (0);
