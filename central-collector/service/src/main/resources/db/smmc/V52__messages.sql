-- CIM messages beside the reading channel: requests that come in, answers and events that go out (R16, R20, R27, R35).

-- A request that was taken: the same Source and MessageID again is the same request.
CREATE TABLE cim_request (
    request_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source        text        NOT NULL,
    message_id    text        NOT NULL,
    fingerprint   bytea       NOT NULL, -- of what it asks, whatever it was wrapped in
    channel       text        NOT NULL CHECK (channel IN ('HTTP', 'JMS', 'FILE')),
    verb          text        NOT NULL,
    noun          text        NOT NULL,
    wrap          text        NOT NULL CHECK (wrap IN ('PLAIN', 'SOAP11', 'SOAP12')),
    reply_address text        NOT NULL, -- empty: kept, to be fetched
    compress      boolean     NOT NULL DEFAULT false,
    reading_types text[]      NOT NULL DEFAULT '{}', -- asked for; empty: all
    state         text        NOT NULL CHECK (state IN ('OPEN', 'ANSWERED')),
    first_reply   bytea       NOT NULL DEFAULT '', -- the immediate answer, compressed
    received_at   timestamptz NOT NULL,
    answered_at   timestamptz,
    UNIQUE (source, message_id)
);
CREATE INDEX cim_request_open ON cim_request (request_id) WHERE state = 'OPEN';

-- One order of a request; several requests may wait for one order (D22).
CREATE TABLE cim_request_order (
    request_id bigint  NOT NULL REFERENCES cim_request ON DELETE CASCADE,
    position   int     NOT NULL,
    meter_no   text    NOT NULL,
    order_id   text    NOT NULL,
    cancelled  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (request_id, position)
);
CREATE INDEX cim_request_order_order ON cim_request_order (order_id);

-- Answers and events on their way out, with their final bytes (D11).
CREATE TABLE cim_out (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id  bigint REFERENCES cim_request ON DELETE CASCADE,
    message_id  text        NOT NULL,
    noun        text        NOT NULL,
    channel     text        NOT NULL CHECK (channel IN ('HTTP', 'JMS', 'FILE', 'KEPT')),
    destination text        NOT NULL,
    correlation text        NOT NULL,
    content     text        NOT NULL, -- media type
    body_gz     bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    next_at     timestamptz NOT NULL,
    attempts    int         NOT NULL DEFAULT 0,
    sent_at     timestamptz,
    given_up_at timestamptz,
    error       text        NOT NULL DEFAULT ''
);
CREATE INDEX cim_out_unsent ON cim_out (next_at) WHERE sent_at IS NULL AND given_up_at IS NULL AND channel <> 'KEPT';
CREATE INDEX cim_out_request ON cim_out (request_id);
CREATE INDEX cim_out_message ON cim_out (message_id);
ALTER TABLE cim_out ALTER COLUMN body_gz SET STORAGE EXTERNAL;

-- Every message, in and out.
CREATE TABLE message_journal (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL,
    direction      text        NOT NULL CHECK (direction IN ('IN', 'OUT')),
    channel        text        NOT NULL,
    verb           text        NOT NULL,
    noun           text        NOT NULL,
    source         text        NOT NULL,
    message_id     text        NOT NULL,
    correlation_id text        NOT NULL,
    orders         text[]      NOT NULL DEFAULT '{}',
    meters         text[]      NOT NULL DEFAULT '{}',
    result         text        NOT NULL DEFAULT '',
    code           text        NOT NULL DEFAULT '',
    reason         text        NOT NULL DEFAULT '',
    size           bigint      NOT NULL,
    sha256         bytea       NOT NULL,
    body_gz        bytea -- emptied after some days; readings keep theirs in cim_outbox
);
CREATE INDEX message_journal_message ON message_journal (message_id);
CREATE INDEX message_journal_correlation ON message_journal (correlation_id);
CREATE INDEX message_journal_at ON message_journal (at);
CREATE INDEX message_journal_orders ON message_journal USING gin (orders);
CREATE INDEX message_journal_meters ON message_journal USING gin (meters);
ALTER TABLE message_journal ALTER COLUMN body_gz SET STORAGE EXTERNAL;

-- Events that wait to go out as EndDeviceEvents: the event's own row is the duty to send it.
ALTER TABLE event ADD COLUMN cim_pending boolean NOT NULL DEFAULT false;
ALTER TABLE event ALTER COLUMN cim_pending SET DEFAULT true;
CREATE INDEX event_cim_pending ON event (received_at, event_id) WHERE cim_pending;

-- Meters by the mRID that our messages give them: its first 48 bits.
CREATE INDEX meter_mrid ON meter (left(md5('telar:meter:' || meter_no), 12));
