-- CIM work on its way from the central database to the queue (D10, D11).

CREATE TABLE pending_work (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway    text        NOT NULL,
    work_group text        NOT NULL, -- order or run id; empty for backlog outside a run
    data_type  text        NOT NULL CHECK (data_type IN ('LOAD_PROFILE', 'REGISTERS')),
    meter      text        NOT NULL,
    poll       bytea       NOT NULL, -- org.telar.api.model.PollCodec, new samples only
    added_at   timestamptz NOT NULL
);
CREATE INDEX pending_work_order ON pending_work (gateway, work_group, data_type, meter, id);

CREATE TABLE ended_group (
    work_group text PRIMARY KEY,
    ended_at   timestamptz NOT NULL
);

CREATE TABLE cim_outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id    uuid        NOT NULL UNIQUE,
    correlation   text        NOT NULL,
    gateway       text        NOT NULL,
    data_type     text        NOT NULL,
    message_index int         NOT NULL,
    message_count int         NOT NULL,
    meters        int         NOT NULL,
    value_count   bigint      NOT NULL,
    sha256        bytea       NOT NULL, -- of the XML, not of the compressed form
    xml_size      bigint      NOT NULL,
    xml_gz        bytea,                -- the final bytes; emptied some days after they were sent
    created_at    timestamptz NOT NULL,
    sent_at       timestamptz
);
CREATE INDEX cim_outbox_unsent ON cim_outbox (id) WHERE sent_at IS NULL;
ALTER TABLE cim_outbox ALTER COLUMN xml_gz SET STORAGE EXTERNAL;

-- What no ReadingType could be found for: kept whole, so that a corrected table can send it.
CREATE TABLE cim_unsendable (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway    text        NOT NULL,
    work_group text        NOT NULL,
    data_type  text        NOT NULL,
    meter      text        NOT NULL,
    code       text        NOT NULL,
    reason     text        NOT NULL,
    poll       bytea       NOT NULL,
    at         timestamptz NOT NULL
);
