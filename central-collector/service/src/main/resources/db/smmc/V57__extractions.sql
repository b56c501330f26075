-- Local extractions that were taken in (R46, D23); the same file again changes this row only.
CREATE TABLE extraction (
    sha256      text        PRIMARY KEY,
    gateway     text        NOT NULL,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    created_at  timestamptz NOT NULL, -- by the gateway's clock
    imported_at timestamptz NOT NULL, -- the last time
    times       int         NOT NULL,
    polls       bigint      NOT NULL,
    new_values  bigint      NOT NULL, -- over all times
    known_values bigint     NOT NULL, -- the last time
    new_registers bigint    NOT NULL,
    held        bigint      NOT NULL,
    quarantined bigint      NOT NULL
);
