-- Bookings in full: what a service asks of its customers and what they answered, the calendars that staff subscribe
-- to, and the pages on which a customer sees to their own booking.

-- A form never changes: a change is a new version, and answers stay with the one that they were given to.
CREATE TABLE service_intake_forms (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  service_id   uuid NOT NULL,
  version      integer NOT NULL CHECK (version > 0),
  fields       jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'array'),        -- [{ key, label, type, required, … }]; empty: nothing is asked any more
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, service_id, version),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id)
);
SELECT tenant_table('service_intake_forms', 'append_only');

-- What a customer answered for one booking; what they said before is gone, as they may want it.
CREATE TABLE booking_intakes (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  booking_id   uuid NOT NULL,
  service_id   uuid NOT NULL,
  form_version integer NOT NULL,
  answers      jsonb NOT NULL CHECK (jsonb_typeof(answers) = 'object'),      -- by the keys of the form
  answered_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, booking_id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id),
  FOREIGN KEY (workspace_id, service_id, form_version) REFERENCES service_intake_forms (workspace_id, service_id, version)
);
SELECT tenant_table('booking_intakes');

-- Which of a person's feed URLs is the one that works; without a row it is the first. The URL itself is in no row: it
-- is derived from this under the server's secret.
CREATE TABLE calendar_feeds (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  staff_id     uuid NOT NULL,
  generation   integer NOT NULL CHECK (generation > 1),
  changed_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, staff_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id)
);
SELECT tenant_table('calendar_feeds');

-- The pages that a customer's link leads to.
ALTER TABLE audit_events
  DROP CONSTRAINT audit_events_surface_check,
  ADD CONSTRAINT audit_events_surface_check CHECK (surface IN ('mcp', 'rest', 'console', 'system', 'page'));
