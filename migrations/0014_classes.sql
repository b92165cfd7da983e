-- Classes: series and the sessions they come to, who is enrolled, and who waits.

-- A rule, as wall-clock time in the zone of the location. Its sessions are rows, made some months ahead.
CREATE TABLE class_series (
  workspace_id           uuid NOT NULL REFERENCES workspaces (id),
  id                     uuid NOT NULL,
  service_id             uuid NOT NULL,                                       -- what it is: name, price, terms
  location_id            uuid NOT NULL,
  staff_id               uuid NOT NULL,
  room_id                uuid,                                                -- a resource, of which it takes one unit
  rrule                  text NOT NULL,                                       -- RFC 5545, without DTSTART
  starts_on              date NOT NULL,
  start_time             time(0) NOT NULL,
  duration_minutes       integer NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
  capacity               integer NOT NULL CHECK (capacity BETWEEN 1 AND 500),
  waitlist_close_minutes integer NOT NULL DEFAULT 0 CHECK (waitlist_close_minutes >= 0),
  offer_minutes          integer CHECK (offer_minutes > 0),                   -- null: a freed place is given, not offered
  requires_entitlement   boolean NOT NULL DEFAULT false,
  exdates                jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(exdates) = 'array'),
  made_until             date NOT NULL,                                       -- the last date whose sessions are made
  extend_at              timestamptz(3),                                      -- when more are due; null: the rule has ended
  version                integer NOT NULL DEFAULT 1,
  created_at             timestamptz(3) NOT NULL,
  updated_at             timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  FOREIGN KEY (workspace_id, room_id) REFERENCES resources (workspace_id, id)
);
CREATE INDEX class_series_to_extend ON class_series (workspace_id, extend_at) WHERE extend_at IS NOT NULL;
SELECT tenant_table('class_series');

CREATE TABLE class_sessions (
  workspace_id           uuid NOT NULL REFERENCES workspaces (id),
  id                     uuid NOT NULL,
  series_id              uuid,
  occurs_on              date,                                                -- RECURRENCE-ID: no rule has two on one date
  service_id             uuid NOT NULL,
  location_id            uuid NOT NULL,
  staff_id               uuid NOT NULL,
  room_id                uuid,                                                -- a resource, of which it takes one unit
  starts_at              timestamptz(3) NOT NULL,
  ends_at                timestamptz(3) NOT NULL,
  buffer_before_minutes  integer NOT NULL,                                    -- as the service's were when it was made
  buffer_after_minutes   integer NOT NULL,
  capacity               integer NOT NULL CHECK (capacity BETWEEN 1 AND 500),
  waitlist_close_minutes integer NOT NULL CHECK (waitlist_close_minutes >= 0),
  offer_minutes          integer CHECK (offer_minutes > 0),
  requires_entitlement   boolean NOT NULL,
  state                  text NOT NULL CHECK (state IN ('scheduled', 'cancelled')),
  edited                 jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(edited) = 'array'), -- what its series changes no more
  version                integer NOT NULL DEFAULT 1,
  created_at             timestamptz(3) NOT NULL,
  updated_at             timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, series_id, occurs_on),
  FOREIGN KEY (workspace_id, series_id) REFERENCES class_series (workspace_id, id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  FOREIGN KEY (workspace_id, room_id) REFERENCES resources (workspace_id, id),
  CHECK (starts_at < ends_at),
  CHECK ((series_id IS NULL) = (occurs_on IS NULL))
);
CREATE INDEX class_sessions_by_start ON class_sessions (workspace_id, starts_at, id);
CREATE INDEX class_sessions_of_series ON class_sessions (workspace_id, series_id, starts_at);
CREATE INDEX class_sessions_of_staff ON class_sessions (workspace_id, staff_id, starts_at);
CREATE INDEX class_sessions_of_service ON class_sessions (workspace_id, service_id, starts_at);
SELECT tenant_table('class_sessions');

-- A place in time is a booking's or a class's.
ALTER TABLE allocations
  ALTER COLUMN booking_id DROP NOT NULL,
  ADD COLUMN session_id uuid,
  ADD FOREIGN KEY (workspace_id, session_id) REFERENCES class_sessions (workspace_id, id),
  ADD CONSTRAINT allocations_of_one CHECK (num_nonnulls(booking_id, session_id) = 1);
CREATE INDEX allocations_of_session ON allocations (workspace_id, session_id) WHERE session_id IS NOT NULL;

CREATE TABLE class_enrolments (
  workspace_id          uuid NOT NULL REFERENCES workspaces (id),
  id                    uuid NOT NULL,
  session_id            uuid NOT NULL,
  customer_id           uuid NOT NULL,
  party_size            integer NOT NULL CHECK (party_size BETWEEN 1 AND 50),
  state                 text NOT NULL CHECK (state IN ('enrolled', 'attended', 'absent', 'cancelled')),
  -- The session's, and moved with it: where a customer is, is asked for by customer and time.
  starts_at             timestamptz(3) NOT NULL,
  ends_at               timestamptz(3) NOT NULL,
  -- As they were when the place was taken. A class that the business moves makes nobody late.
  policy_start          timestamptz(3) NOT NULL,
  cancel_cutoff_minutes integer NOT NULL,
  paid_with             text NOT NULL CHECK (paid_with IN ('entitlement', 'later')),
  price_amount          bigint NOT NULL CHECK (price_amount >= 0),            -- what no credit covers
  cancelled_by          text CHECK (cancelled_by IN ('customer', 'business')),
  cancelled_late        boolean,
  credit                text CHECK (credit IN ('returned', 'kept')),          -- what became of it
  fee_amount            bigint CHECK (fee_amount >= 0),
  version               integer NOT NULL DEFAULT 1,
  created_at            timestamptz(3) NOT NULL,
  updated_at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, session_id) REFERENCES class_sessions (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  CHECK ((state = 'cancelled') = (cancelled_by IS NOT NULL)),
  CHECK ((state = 'cancelled') = (cancelled_late IS NOT NULL)),
  CHECK (credit IS DISTINCT FROM 'kept' OR fee_amount IS NULL)                -- a credit or a fee, never both
);
CREATE UNIQUE INDEX class_enrolments_once ON class_enrolments (workspace_id, session_id, customer_id)
  WHERE state <> 'cancelled';
CREATE INDEX class_enrolments_of_customer ON class_enrolments (workspace_id, customer_id, starts_at);
SELECT tenant_table('class_enrolments');

-- Who waits for a place: in one session, or for a slot of a service that suits them.
CREATE TABLE waitlist_entries (
  workspace_id     uuid NOT NULL REFERENCES workspaces (id),
  id               uuid NOT NULL,
  session_id       uuid,
  service_id       uuid,
  location_id      uuid,
  staff_id         uuid,                                                      -- null: anybody
  earliest         timestamptz(3),
  latest           timestamptz(3),
  customer_id      uuid NOT NULL,
  party_size       integer NOT NULL CHECK (party_size BETWEEN 1 AND 50),
  position         integer NOT NULL CHECK (position > 0),                     -- the order of acceptance in its list; never changes
  state            text NOT NULL CHECK (state IN
    ('waiting', 'offered', 'promoted', 'declined', 'lapsed', 'left', 'closed')),
  offer_expires_at timestamptz(3),
  skipped_because  text,                                                      -- why a place went past it
  enrolment_id     uuid,
  booking_id       uuid,
  version          integer NOT NULL DEFAULT 1,
  created_at       timestamptz(3) NOT NULL,
  updated_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT waitlist_positions UNIQUE (workspace_id, session_id, position),
  CONSTRAINT waitlist_slot_positions UNIQUE (workspace_id, service_id, location_id, position),
  FOREIGN KEY (workspace_id, session_id) REFERENCES class_sessions (workspace_id, id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, enrolment_id) REFERENCES class_enrolments (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id),
  CHECK (CASE WHEN session_id IS NULL
    THEN num_nonnulls(service_id, location_id, earliest, latest) = 4 AND earliest < latest
    ELSE num_nonnulls(service_id, location_id, staff_id, earliest, latest) = 0 END),
  CHECK ((state = 'offered') <= (offer_expires_at IS NOT NULL))
);
CREATE UNIQUE INDEX waitlist_once ON waitlist_entries (workspace_id, session_id, customer_id)
  WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_for_slots ON waitlist_entries (workspace_id, service_id, location_id, latest)
  WHERE state = 'waiting' AND session_id IS NULL;
CREATE INDEX waitlist_offers ON waitlist_entries (workspace_id, offer_expires_at) WHERE state = 'offered';
CREATE INDEX waitlist_of_customer ON waitlist_entries (workspace_id, customer_id);
SELECT tenant_table('waitlist_entries');
