-- What a quarantined block needs to be loaded later (D9).
ALTER TABLE file_block
    ADD COLUMN mrid        text NOT NULL DEFAULT '',
    ADD COLUMN reason_sent text NOT NULL DEFAULT '', -- Readings/reason, part of a register's kind
    ADD COLUMN read_at     timestamptz,              -- at the edge, if the sender said
    ADD COLUMN replayed_at timestamptz;
COMMENT ON COLUMN file_block.content IS
    'one reading a line: time;value;qualities;off-grid flag or end of period';
