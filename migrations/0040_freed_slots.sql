-- Which start of a service that became free somebody who waits for one was told of.
CREATE TABLE slot_notices (
  workspace_id      uuid NOT NULL REFERENCES workspaces (id),
  waitlist_entry_id uuid NOT NULL,
  starts_at         timestamptz(3) NOT NULL,
  staff_id          uuid NOT NULL,
  freed_by          uuid NOT NULL,                  -- the event of the booking that left it: it is told to one
  event_id          uuid NOT NULL,                  -- the event to which the message answers
  at                timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, waitlist_entry_id, starts_at),
  UNIQUE (workspace_id, freed_by),
  UNIQUE (workspace_id, event_id),
  FOREIGN KEY (workspace_id, waitlist_entry_id) REFERENCES waitlist_entries (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id)
);
SELECT tenant_table('slot_notices');
CREATE INDEX automation_runs_of_message ON automation_runs (workspace_id, message_id) WHERE message_id IS NOT NULL;
