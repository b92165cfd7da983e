-- Who may come in: people and workspaces, members and keys, one-time codes, console sessions, rate limits.
-- Security time is real time, so its defaults are clock_timestamp(): a sandbox's clock has no say here.

-- A person, by email. Global: one person may belong to many workspaces.
CREATE TABLE accounts (
  id         uuid PRIMARY KEY,
  email      text NOT NULL UNIQUE CHECK (email = lower(email)),
  name       text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
SELECT global_table('accounts');

CREATE TABLE workspaces (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('live', 'sandbox', 'front_desk')),
  time_zone  text NOT NULL,
  currency   text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  country    text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  clock      timestamptz(3) CHECK (clock IS NULL OR kind = 'sandbox'),  -- stands still until moved; null: real time
  parent_id  uuid REFERENCES workspaces (id),                        -- a sandbox's live twin
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CHECK ((kind = 'sandbox') = (parent_id IS NOT NULL))
);
CREATE INDEX workspaces_by_parent ON workspaces (parent_id) WHERE parent_id IS NOT NULL;
SELECT global_table('workspaces');

-- FRONT_DESK of src/access/principal.ts: owns what happens before there is a workspace.
INSERT INTO workspaces (id, name, kind, time_zone, currency, country)
VALUES ('00000000-0000-0000-0000-000000000000', 'Front desk', 'front_desk', 'UTC', 'USD', 'US');

-- Console sessions.
CREATE TABLE sessions (
  id           uuid PRIMARY KEY,
  account_id   uuid NOT NULL REFERENCES accounts (id),
  token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  workspace_id uuid NOT NULL REFERENCES workspaces (id),             -- where the person is looking now
  user_agent   text,
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz(3) NOT NULL,                                 -- the absolute end; idleness may end it sooner
  revoked_at   timestamptz(3)
);
CREATE INDEX sessions_by_account ON sessions (account_id, created_at);
SELECT global_table('sessions');

CREATE TABLE members (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  account_id   uuid NOT NULL REFERENCES accounts (id),
  role         text NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
  name         text NOT NULL,
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deactivated')),
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, account_id)
);
CREATE INDEX members_by_account ON members (account_id);             -- memberships_of looks across workspaces
SELECT tenant_table('members');

CREATE TABLE api_keys (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  member_id    uuid NOT NULL,                                        -- who made it, and for whom it acts
  name         text NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('live', 'test')),
  secret_hash  bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  hint         text NOT NULL CHECK (length(hint) = 4),
  role         text NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
  scopes       text[] NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz(3),
  last_used_at timestamptz(3),                                          -- to the minute
  revoked_at   timestamptz(3),
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, secret_hash),
  FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id)
);
CREATE INDEX api_keys_by_member ON api_keys (workspace_id, member_id);
SELECT tenant_table('api_keys');

-- The code itself is in no row: it is an HMAC of the id. Sign-ups and sign-ins belong to the front desk.
CREATE TABLE one_time_codes (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  purpose      text NOT NULL CHECK (purpose IN ('sign_up', 'sign_in')),
  email        text NOT NULL CHECK (email = lower(email)),
  details      jsonb NOT NULL DEFAULT '{}',                          -- what the purpose needs later; emptied by use
  tries        smallint NOT NULL DEFAULT 0 CHECK (tries >= 0),       -- wrong guesses
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz(3) NOT NULL,
  used_at      timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
-- The limits count the last hour's codes; they keep it at 600 rows, so the email needs no index of its own.
CREATE INDEX one_time_codes_by_time ON one_time_codes (workspace_id, purpose, created_at);
SELECT tenant_table('one_time_codes');

-- One row per limited subject. Unlogged: after a crash every bucket is full, which harms nobody. No foreign key:
-- it is spent in the same round trip in which a forged key's workspace turns out not to exist. Half-empty pages,
-- because every call updates its row in place.
CREATE UNLOGGED TABLE rate_buckets (
  workspace_id uuid NOT NULL,
  subject      text NOT NULL,
  arrival      timestamptz NOT NULL,                                 -- GCRA's theoretical arrival time
  PRIMARY KEY (workspace_id, subject)
) WITH (fillfactor = 50);
SELECT tenant_table('rate_buckets');

CREATE TABLE workspace_settings (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  settings     jsonb NOT NULL DEFAULT '{}',                          -- what was set; defaults are the program's
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  updated_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id)
);
SELECT tenant_table('workspace_settings');

-- Members stand under row-level security, so only the owner's eyes see which workspaces a person belongs to.
CREATE FUNCTION memberships_of(account uuid)
RETURNS TABLE (workspace_id uuid, workspace_name text, workspace_kind text, member_id uuid, role text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT w.id, w.name, w.kind, m.id, m.role, m.name
  FROM members m
  JOIN workspaces w ON w.id = m.workspace_id
  WHERE m.account_id = account AND m.status = 'active'
  ORDER BY w.created_at, w.id
$$;

DO $$
BEGIN
  REVOKE ALL ON FUNCTION memberships_of FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION memberships_of TO %I', current_setting('backdesk.app_role'));
END
$$;
