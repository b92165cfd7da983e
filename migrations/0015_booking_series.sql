-- Bookings that come again: what was asked for, as wall-clock time, and which booking stands for which of its dates.

CREATE TABLE booking_series (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  customer_id  uuid NOT NULL,
  service_id   uuid NOT NULL,
  location_id  uuid NOT NULL,
  staff_id     uuid,                                            -- null: anybody, for each date anew
  rrule        text NOT NULL,                                   -- RFC 5545, without DTSTART; it ends
  starts_on    date NOT NULL,
  start_time   time(0) NOT NULL,
  time_zone    text NOT NULL,                                   -- the location's, as it was when they were booked
  status       text NOT NULL CHECK (status IN ('active', 'cancelled')),
  version      integer NOT NULL DEFAULT 1,
  created_at   timestamptz(3) NOT NULL,
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id)
);
SELECT tenant_table('booking_series');

ALTER TABLE bookings
  ADD COLUMN series_id uuid,
  ADD COLUMN series_date date,                                  -- RECURRENCE-ID: the date it was booked for, wherever it has moved
  ADD FOREIGN KEY (workspace_id, series_id) REFERENCES booking_series (workspace_id, id),
  ADD CONSTRAINT bookings_of_series UNIQUE (workspace_id, series_id, series_date),
  ADD CHECK ((series_id IS NULL) = (series_date IS NULL));
