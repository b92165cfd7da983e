-- Reminders: how long before, and which time of which booking has had its own.

ALTER TABLE automations ADD COLUMN minutes_before integer CHECK (minutes_before > 0); -- null: as it came

CREATE TABLE booking_reminders (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  booking_id   uuid NOT NULL,
  starts_at    timestamptz(3) NOT NULL,             -- a booking that moves is reminded of again
  at           timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, booking_id, starts_at),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id)
);
SELECT tenant_table('booking_reminders');
