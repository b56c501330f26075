-- The registry in full (R32, R88, D17, D20): what a concentrator's table needs, keys wrapped, lives, confirmations.

ALTER TABLE meter
    ADD COLUMN driver         text   NOT NULL DEFAULT '',
    ADD COLUMN medium         text   NOT NULL DEFAULT '',
    ADD COLUMN address        text   NOT NULL DEFAULT '',
    ADD COLUMN client_sap     text   NOT NULL DEFAULT '',
    ADD COLUMN authentication text   NOT NULL DEFAULT '',
    ADD COLUMN parameters     text   NOT NULL DEFAULT '',
    ADD COLUMN channels       text[],                      -- of this one meter, instead of its model's
    ADD COLUMN replaced_by    text;

-- AES-256-GCM under the collector's key encryption key, bound to the meter's number; never in clear (S25).
CREATE TABLE meter_key (
    meter_id   int PRIMARY KEY REFERENCES meter ON DELETE CASCADE,
    wrapped    bytea       NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What became of a meter, a line a change.
CREATE TABLE meter_life (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter_id int         NOT NULL,
    at       timestamptz NOT NULL,
    was      text        NOT NULL,
    state    text        NOT NULL,
    gateway  text        NOT NULL,
    by_whom  text        NOT NULL
);
CREATE INDEX meter_life_meter ON meter_life (meter_id, id);

ALTER TABLE gateway
    ADD COLUMN certificate   bytea,
    ADD COLUMN table_version bigint  NOT NULL DEFAULT 0,
    ADD COLUMN table_due     boolean NOT NULL DEFAULT false, -- a meter of its own has changed
    ADD COLUMN table_pushed  boolean NOT NULL DEFAULT true,
    ADD COLUMN table_payload bytea,                          -- as it goes down, keys sealed
    ADD COLUMN table_missing int     NOT NULL DEFAULT 0;     -- meters without address: then no table is sent

-- What a concentrator said of the table, agenda or configuration it was sent.
CREATE TABLE gateway_applied (
    gateway  text        NOT NULL,
    kind     text        NOT NULL,
    version  bigint      NOT NULL,
    state    text        NOT NULL,
    entries  int         NOT NULL,
    problems text[]      NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (gateway, kind)
);

-- Every change of a meter, by whatever way it came, is in its life, and makes the tables of its concentrators due.
CREATE FUNCTION meter_was_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO meter_life (meter_id, at, was, state, gateway, by_whom)
        SELECT meter_id, updated_at, '', state, coalesce(gateway_id, ''), coalesce(current_setting('telar.by', true), '')
        FROM added;
    UPDATE gateway SET table_due = true WHERE NOT table_due AND gateway_id IN (SELECT gateway_id FROM added);
    RETURN NULL;
END $$;
CREATE FUNCTION meter_was_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO meter_life (meter_id, at, was, state, gateway, by_whom)
        SELECT n.meter_id, n.updated_at, o.state, n.state, coalesce(n.gateway_id, ''),
               coalesce(current_setting('telar.by', true), '')
        FROM added n JOIN before o USING (meter_id)
        WHERE n.state <> o.state OR n.gateway_id IS DISTINCT FROM o.gateway_id;
    UPDATE gateway SET table_due = true WHERE NOT table_due AND gateway_id IN (
        SELECT unnest(ARRAY[n.gateway_id, o.gateway_id]) FROM added n JOIN before o USING (meter_id)
        WHERE (n.state, n.gateway_id, n.model, n.zone, n.identity, n.driver, n.medium, n.address, n.client_sap,
               n.authentication, n.parameters)
           IS DISTINCT FROM (o.state, o.gateway_id, o.model, o.zone, o.identity, o.driver, o.medium, o.address,
               o.client_sap, o.authentication, o.parameters));
    RETURN NULL;
END $$;
CREATE TRIGGER meter_added AFTER INSERT ON meter REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION meter_was_added();
CREATE TRIGGER meter_changed AFTER UPDATE ON meter REFERENCING NEW TABLE AS added OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION meter_was_changed();
