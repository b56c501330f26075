-- People who may use the collector. Names are lower case; the password is an Argon2id hash.
CREATE TABLE account (
    name          text PRIMARY KEY,
    password_hash text        NOT NULL,
    roles         text[]      NOT NULL,
    enabled       boolean     NOT NULL DEFAULT true,
    failures      int         NOT NULL DEFAULT 0,
    locked_until  timestamptz,
    created_at    timestamptz NOT NULL,
    last_login_at timestamptz
);

-- One-time codes with which a person chooses a password; an empty name is the very first person, who chooses it too.
CREATE TABLE invitation (
    code_sha256 bytea PRIMARY KEY,
    name        text        NOT NULL,
    roles       text[]      NOT NULL,
    made_by     text        NOT NULL,
    expires_at  timestamptz NOT NULL
);

-- What a person holds after a login.
CREATE TABLE login_session (
    token_sha256 bytea PRIMARY KEY,
    account      text        NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL
);
CREATE INDEX login_session_account ON login_session (account);

-- A program may do no more than its scopes, and no longer than its date.
ALTER TABLE api_token
    ADD COLUMN scopes       text[]      NOT NULL DEFAULT '{READ,OPERATE,REGISTRY,ADMIN,AUDIT}',
    ADD COLUMN made_by      text        NOT NULL DEFAULT '',
    ADD COLUMN expires_at   timestamptz,
    ADD COLUMN last_used_at timestamptz;

-- Every change: who, from where, what, with what result. Each record holds the hash of the one before it.
CREATE TABLE audit (
    seq      bigint PRIMARY KEY,
    at       timestamptz NOT NULL,
    who      text        NOT NULL,
    kind     text        NOT NULL,
    source   text        NOT NULL,
    action   text        NOT NULL,
    target   text        NOT NULL,
    result   int         NOT NULL,
    request  text        NOT NULL,
    previous bytea       NOT NULL,
    hash     bytea       NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_who ON audit (who, seq);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is only appended to'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
