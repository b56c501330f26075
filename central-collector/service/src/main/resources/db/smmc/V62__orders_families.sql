-- Orders of every family, attached requests, criticality; accessibility with history; configurations (R33, R34, R47, R88-R92, D22).

ALTER TABLE orders ADD COLUMN parameters jsonb NOT NULL DEFAULT '{}';

-- Requests that found an open order for the same thing: each has its key, all have one order (D22).
CREATE TABLE order_request (
    requester       text        NOT NULL,
    idempotency_key text        NOT NULL,
    order_id        text        NOT NULL,
    request_sha256  bytea       NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (requester, idempotency_key)
);

-- How grave an outcome is: by its code, or by the order's state where no code is listed (R34).
CREATE TABLE criticality (
    code     text PRIMARY KEY,
    severity text NOT NULL CHECK (severity IN ('INFO', 'WARNING', 'CRITICAL'))
);
INSERT INTO criticality VALUES
    ('EXE', 'INFO'), ('WARN', 'WARNING'), ('FAIL', 'WARNING'), ('REJECTED', 'WARNING'), ('EXPIRED', 'WARNING'),
    ('CANCELLED', 'INFO'), ('AUTH_FAILED', 'CRITICAL'), ('IDENTITY', 'CRITICAL'), ('CONCENTRATOR_FAULT', 'CRITICAL'),
    ('CONCENTRATOR_DOWN', 'CRITICAL');

-- Accessibility of meters and concentrators, a line a change (R47).
CREATE TABLE reach_change (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind   text        NOT NULL, -- METER or GATEWAY
    device text        NOT NULL,
    at     timestamptz NOT NULL,
    state  text        NOT NULL,
    cause  text        NOT NULL
);
CREATE INDEX reach_change_device ON reach_change (kind, device, id);
CREATE FUNCTION meter_contact_was_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reach_change (kind, device, at, state, cause)
        SELECT 'METER', m.meter_no, coalesce(n.last_contact, now()), n.state, n.last_ko
        FROM added n JOIN meter m USING (meter_id);
    RETURN NULL;
END $$;
CREATE FUNCTION meter_contact_was_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reach_change (kind, device, at, state, cause)
        SELECT 'METER', m.meter_no,
               CASE WHEN n.state = 'REACHED' THEN coalesce(n.last_contact, now()) ELSE now() END, n.state, n.last_ko
        FROM added n JOIN before o USING (meter_id) JOIN meter m USING (meter_id) WHERE n.state <> o.state;
    RETURN NULL;
END $$;
CREATE TRIGGER meter_contact_added AFTER INSERT ON meter_contact REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION meter_contact_was_added();
CREATE TRIGGER meter_contact_changed AFTER UPDATE ON meter_contact REFERENCING NEW TABLE AS added OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION meter_contact_was_changed();
CREATE FUNCTION gateway_reach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reach_change (kind, device, at, state, cause)
        VALUES ('GATEWAY', NEW.gateway_id, coalesce(NEW.last_seen, now()),
                CASE WHEN NEW.online THEN 'REACHED' ELSE 'UNREACHED' END, '');
    RETURN NULL;
END $$;
CREATE TRIGGER gateway_reach AFTER UPDATE OF online ON gateway FOR EACH ROW
    WHEN (NEW.online IS DISTINCT FROM OLD.online) EXECUTE FUNCTION gateway_reach();
CREATE TRIGGER gateway_first AFTER INSERT ON gateway FOR EACH ROW WHEN (NEW.online) EXECUTE FUNCTION gateway_reach();

-- Values that replace those of a gateway's own configuration, as they go down.
ALTER TABLE gateway
    ADD COLUMN config_version bigint  NOT NULL DEFAULT 0,
    ADD COLUMN config         jsonb   NOT NULL DEFAULT '{}',
    ADD COLUMN config_pushed  boolean NOT NULL DEFAULT true;
