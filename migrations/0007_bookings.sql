-- Bookings, and the one table that owns time.

CREATE EXTENSION IF NOT EXISTS btree_gist; -- Lets a uuid stand beside a range in an exclusion constraint.

-- A hold is a booking that nobody has asked for yet: it keeps its id when it becomes one.
CREATE TABLE bookings (
  workspace_id          uuid NOT NULL REFERENCES workspaces (id),
  id                    uuid NOT NULL,
  state                 text NOT NULL CHECK (state IN
    ('hold', 'pending', 'confirmed', 'arrived', 'completed', 'cancelled', 'declined', 'expired', 'no_show')),
  customer_id           uuid,
  service_id            uuid NOT NULL,
  location_id           uuid NOT NULL,
  staff_id              uuid NOT NULL,
  starts_at             timestamptz(3) NOT NULL,
  ends_at               timestamptz(3) NOT NULL,
  -- As they were when it was booked: editing a service moves and breaks no booking.
  buffer_before_minutes integer NOT NULL,
  buffer_after_minutes  integer NOT NULL,
  price_amount          bigint NOT NULL CHECK (price_amount >= 0),
  cancel_cutoff_minutes integer NOT NULL,
  -- The start that the cancellation cut-off is measured from: a move made inside the late window does not reset it.
  policy_start          timestamptz(3) NOT NULL,
  -- A hold's end, or the deadline for the answer to a pending booking: from this instant on it takes no time.
  lapses_at             timestamptz(3),
  note                  text,
  cancelled_by          text CHECK (cancelled_by IN ('customer', 'business')),
  cancelled_late        boolean,
  version               integer NOT NULL DEFAULT 1,
  created_at            timestamptz(3) NOT NULL,
  updated_at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  CHECK (starts_at < ends_at),
  CHECK ((state = 'hold') <= (lapses_at IS NOT NULL)),
  CHECK (customer_id IS NOT NULL OR state IN ('hold', 'expired'))
);
CREATE INDEX bookings_by_start ON bookings (workspace_id, starts_at, id);
CREATE INDEX bookings_of_staff ON bookings (workspace_id, staff_id, starts_at);
CREATE INDEX bookings_of_customer ON bookings (workspace_id, customer_id, starts_at);
CREATE INDEX bookings_of_service ON bookings (workspace_id, service_id, starts_at);
CREATE INDEX bookings_lapsing ON bookings (workspace_id, lapses_at) WHERE state IN ('hold', 'pending');
SELECT tenant_table('bookings');

-- Who or what is taken, when. The constraint is the guard: no code path sells a place in time twice.
CREATE TABLE allocations (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  booking_id   uuid NOT NULL,
  resource_key uuid NOT NULL,                       -- a person's id, or a unit's of a resource
  occupied     tstzrange NOT NULL CHECK (NOT isempty(occupied) AND lower_inc(occupied) AND NOT upper_inc(occupied)),
  state        text NOT NULL CHECK (state IN ('held', 'released')),
  lapses_at    timestamptz(3),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id),
  -- A predicate cannot ask the time, so a lapsed hold is released inside the transaction that wants its place.
  CONSTRAINT allocations_no_overlap EXCLUDE USING gist
    (workspace_id WITH =, resource_key WITH =, occupied WITH &&) WHERE (state = 'held')
);
CREATE INDEX allocations_of_booking ON allocations (workspace_id, booking_id);
SELECT tenant_table('allocations');

-- What happened to a booking, in order.
CREATE TABLE booking_history (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  id             uuid NOT NULL,
  booking_id     uuid NOT NULL,
  at             timestamptz(3) NOT NULL,
  event          text NOT NULL,
  from_state     text,
  to_state       text NOT NULL,
  principal_kind text NOT NULL,
  principal_id   uuid,
  details        jsonb NOT NULL DEFAULT '{}',       -- instants, ids and overridden rules; no personal data
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id)
);
CREATE INDEX booking_history_of_booking ON booking_history (workspace_id, booking_id, id);
SELECT tenant_table('booking_history', 'append_only');
