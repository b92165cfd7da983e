-- What would take a change in the console back: kept for a while, for whoever made it. Real time, as a session's is.
CREATE TABLE undos (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  member_id    uuid NOT NULL,
  tool         text NOT NULL CHECK (length(tool) <= 64),
  arguments    text NOT NULL,
  versions     jsonb NOT NULL,
  leads_to     text NOT NULL CHECK (length(leads_to) <= 500),
  expires_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id)
);
CREATE INDEX undos_member ON undos (workspace_id, member_id, expires_at);
SELECT tenant_table('undos');
