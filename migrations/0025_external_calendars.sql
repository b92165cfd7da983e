-- Calendars of people's own, whose events take their time here. Only when somebody is busy is kept: no title, no guest.

CREATE TABLE external_calendars (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  staff_id     uuid NOT NULL,
  key_id       text NOT NULL,                      -- of the server secret that its URL is sealed under: who has it can read
  box          bytea NOT NULL,
  host         text NOT NULL,                      -- what is shown of the URL
  state        text NOT NULL CHECK (state IN ('waiting', 'read', 'failing')),
  problem      text,                               -- why the last try failed: a word of ours
  skipped      integer NOT NULL DEFAULT 0,         -- events of which not all could be read
  read_at      timestamptz(3),                     -- real time, of the last that went well
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  CHECK ((problem IS NOT NULL) = (state = 'failing'))
);
CREATE INDEX external_calendars_of_staff ON external_calendars (workspace_id, staff_id);
SELECT tenant_table('external_calendars');

-- Replaced each time the calendar is read.
CREATE TABLE external_busy (
  workspace_id uuid NOT NULL,
  id           uuid NOT NULL,
  calendar_id  uuid NOT NULL,
  staff_id     uuid NOT NULL,
  starts_at    timestamptz(3) NOT NULL,
  ends_at      timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CHECK (starts_at < ends_at),
  FOREIGN KEY (workspace_id, calendar_id) REFERENCES external_calendars (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id)
);
CREATE INDEX external_busy_of_staff ON external_busy (workspace_id, staff_id, ends_at);
CREATE INDEX external_busy_of_calendar ON external_busy (workspace_id, calendar_id);
SELECT tenant_table('external_busy');
