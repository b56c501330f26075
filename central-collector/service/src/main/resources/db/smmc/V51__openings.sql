-- Openings of the edges' stores: one that begins below what is committed of its epoch comes from an old copy (F12).
CREATE TABLE ingest_opening (
    gateway    text        NOT NULL,
    epoch      bigint      NOT NULL,
    opening    bigint      NOT NULL,
    sequence   bigint      NOT NULL, -- highest that the store had committed when it was opened
    turn       bigint      GENERATED ALWAYS AS IDENTITY,
    first_seen timestamptz NOT NULL,
    PRIMARY KEY (gateway, epoch, opening)
);
-- Why nothing of the epoch is taken any more; empty: it is.
ALTER TABLE ingest_mark ADD COLUMN refused text NOT NULL DEFAULT '';
