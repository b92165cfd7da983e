-- Which reviewer has been mailed about which call that waits. Real time: mail goes out in it.
CREATE TABLE approval_notices (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  approval_id  uuid NOT NULL,
  member_id    uuid NOT NULL,
  state        text NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, approval_id, member_id),
  FOREIGN KEY (workspace_id, approval_id) REFERENCES approvals (workspace_id, id),
  FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id)
);
SELECT tenant_table('approval_notices');
