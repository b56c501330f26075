-- Whether the broker has the newest agenda of a concentrator (R92); the agenda itself is kept as it goes down.
ALTER TABLE gateway ADD COLUMN agenda_pushed boolean NOT NULL DEFAULT true;
