-- What a workspace's providers know it by: encrypted under a server key, bound to the workspace and the provider. A
-- person writes it in the console; no tool reads it or writes it.
CREATE TABLE provider_credentials (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  provider     text NOT NULL CHECK (provider IN ('smtp', 'twilio', 'whatsapp', 'stripe')),
  key_id       text NOT NULL,                      -- of the server secret that it is sealed under
  box          bytea NOT NULL,                     -- nonce, tag, ciphertext
  hints        jsonb NOT NULL,                     -- what a page shows of it: no secret, at most its last four characters
  health       text NOT NULL CHECK (health IN ('unchecked', 'healthy', 'failing')),
  problem      text,                               -- why it fails: a word of ours
  checked_at   timestamptz(3),                     -- real time
  version      integer NOT NULL DEFAULT 1,
  updated_by   uuid NOT NULL,                      -- the member
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, provider),
  CHECK ((problem IS NOT NULL) = (health = 'failing'))
);
SELECT tenant_table('provider_credentials');
