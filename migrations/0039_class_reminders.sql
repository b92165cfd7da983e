-- Reminders of classes: which time of which place has had its own.

ALTER TABLE class_enrolments ADD COLUMN placed_at timestamptz(3); -- since when it is at this time: taken, or moved to it
UPDATE class_enrolments SET placed_at = created_at;
ALTER TABLE class_enrolments ALTER COLUMN placed_at SET NOT NULL;
CREATE INDEX class_enrolments_coming ON class_enrolments (workspace_id, starts_at) WHERE state = 'enrolled';

CREATE TABLE class_reminders (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  enrolment_id uuid NOT NULL,
  starts_at    timestamptz(3) NOT NULL,             -- a class that moves is reminded of again
  at           timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, enrolment_id, starts_at),
  FOREIGN KEY (workspace_id, enrolment_id) REFERENCES class_enrolments (workspace_id, id)
);
SELECT tenant_table('class_reminders');
