-- The team in full: invitations, and what a member wants to hear of.

ALTER TABLE members ADD COLUMN notify_about text[] NOT NULL DEFAULT '{}'
  CHECK (notify_about <@ ARRAY['approvals', 'bookings', 'reports']);

-- The token is in no row: it is derived from the id and the end.
CREATE TABLE team_invites (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  email        text NOT NULL CHECK (email = lower(email)),
  name         text,
  role         text NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
  staff_id     uuid,                                                 -- whom they will sign in as
  invited_by   uuid NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz(3) NOT NULL,
  accepted_at  timestamptz(3),
  member_id    uuid,                                                 -- who came of it
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  FOREIGN KEY (workspace_id, invited_by) REFERENCES members (workspace_id, id),
  FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id),
  CHECK ((accepted_at IS NULL) = (member_id IS NULL))
);
CREATE UNIQUE INDEX team_invites_open ON team_invites (workspace_id, email) WHERE accepted_at IS NULL;
SELECT tenant_table('team_invites');

ALTER TABLE one_time_codes DROP CONSTRAINT one_time_codes_purpose_check;
ALTER TABLE one_time_codes ADD CONSTRAINT one_time_codes_purpose_check
  CHECK (purpose IN ('sign_up', 'sign_in', 'join'));
