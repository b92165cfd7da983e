-- OAuth: which client acts for which member, and what the authorization server keeps of codes, tokens and clients.

-- A client that a member let into one workspace. Its tokens come and go; this is what people see, revoke and audit.
CREATE TABLE connections (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  member_id    uuid NOT NULL,                                        -- for whom it acts, and who consented
  client_id    text NOT NULL,
  name         text NOT NULL,                                        -- as the client names itself
  resource     text NOT NULL,                                        -- the MCP URL it was let into (RFC 8707)
  scopes       text[] NOT NULL,                                      -- what the member left of what was asked for
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz(3) NOT NULL,
  last_used_at timestamptz(3),                                       -- to the minute
  revoked_at   timestamptz(3),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id)
);
CREATE INDEX connections_by_member ON connections (workspace_id, member_id);
SELECT tenant_table('connections');

-- Global, because a token does not say its workspace: from the grant of a token to its connection.
CREATE TABLE oauth_grants (
  grant_hash    bytea PRIMARY KEY CHECK (octet_length(grant_hash) = 32),
  workspace_id  uuid NOT NULL REFERENCES workspaces (id),
  connection_id uuid NOT NULL,
  client_hash   bytea NOT NULL CHECK (octet_length(client_hash) = 32),
  expires_at    timestamptz(3) NOT NULL
);
CREATE INDEX oauth_grants_by_connection ON oauth_grants (workspace_id, connection_id);
CREATE INDEX oauth_grants_by_client ON oauth_grants (client_hash);
CREATE INDEX oauth_grants_by_expiry ON oauth_grants (expires_at);
SELECT global_table('oauth_grants');

-- Codes, tokens, sign-ins under way and registered clients. An id here is a secret, so its hash is the key, and the
-- rest is sealed under the server's secret.
CREATE TABLE oauth_artifacts (
  model       text NOT NULL,
  id_hash     bytea NOT NULL CHECK (octet_length(id_hash) = 32),
  grant_hash  bytea CHECK (octet_length(grant_hash) = 32),
  key_id      text NOT NULL,
  box         bytea NOT NULL,
  created_at  timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at  timestamptz(3),                                        -- null: a registered client
  consumed_at timestamptz(3),                                        -- a code or refresh token that was used
  PRIMARY KEY (model, id_hash)
);
CREATE INDEX oauth_artifacts_by_grant ON oauth_artifacts (grant_hash) WHERE grant_hash IS NOT NULL;
CREATE INDEX oauth_artifacts_by_expiry ON oauth_artifacts (expires_at);
SELECT global_table('oauth_artifacts');
