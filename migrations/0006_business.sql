-- The business: where it is, who works there, what they do and when. Rules about hours are wall-clock times and
-- dates, expanded by the location's zone when they are read; only time off is instants.
-- created_at is business time and comes from the application: a sandbox's clock has its say here.

CREATE TABLE locations (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  name         text NOT NULL,
  time_zone    text NOT NULL,
  address      text,
  hours        jsonb NOT NULL CHECK (jsonb_typeof(hours) = 'object'),        -- { mon: [{ from, to }], … }, every weekday
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
SELECT tenant_table('locations');

-- Dates on which nobody works there, whatever their own hours say.
CREATE TABLE location_closures (
  workspace_id uuid NOT NULL,
  location_id  uuid NOT NULL,
  date         date NOT NULL,
  reason       text,
  PRIMARY KEY (workspace_id, location_id, date),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id)
);
SELECT tenant_table('location_closures');

-- Bookable people. One who signs in is linked to a member; most never do.
CREATE TABLE staff (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  name         text NOT NULL,
  member_id    uuid,
  colour       text CHECK (colour ~ '^#[0-9a-f]{6}$'),
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deactivated')),
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT staff_once_per_member UNIQUE (workspace_id, member_id),
  CONSTRAINT staff_of_member FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id)
);
SELECT tenant_table('staff');

CREATE TABLE staff_locations (
  workspace_id uuid NOT NULL,
  staff_id     uuid NOT NULL,
  location_id  uuid NOT NULL,
  PRIMARY KEY (workspace_id, staff_id, location_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  CONSTRAINT staff_at_location FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id)
);
CREATE INDEX staff_locations_by_location ON staff_locations (workspace_id, location_id);
SELECT tenant_table('staff_locations');

CREATE TABLE services (
  workspace_id          uuid NOT NULL REFERENCES workspaces (id),
  id                    uuid NOT NULL,
  name                  text NOT NULL,
  description           text,
  category              text,
  duration_minutes      integer NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
  buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 480),
  buffer_after_minutes  integer NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 480),
  price_amount          bigint NOT NULL CHECK (price_amount >= 0),           -- minor units of the workspace's currency
  status                text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  -- The booking policy.
  slot_interval_minutes integer CHECK (slot_interval_minutes BETWEEN 1 AND 1440),  -- null: the duration
  notice_minutes        integer NOT NULL DEFAULT 0 CHECK (notice_minutes >= 0),
  window_days           integer NOT NULL DEFAULT 60 CHECK (window_days >= 0),
  requires_confirmation boolean NOT NULL DEFAULT false,
  answer_within_minutes integer CHECK (answer_within_minutes > 0),           -- null: until the start
  cancel_cutoff_minutes integer NOT NULL DEFAULT 1440 CHECK (cancel_cutoff_minutes >= 0),
  hold_minutes          integer NOT NULL DEFAULT 10 CHECK (hold_minutes > 0),
  version               integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
SELECT tenant_table('services');

-- Who performs what; null: as the service says.
CREATE TABLE staff_services (
  workspace_id     uuid NOT NULL,
  staff_id         uuid NOT NULL,
  service_id       uuid NOT NULL,
  duration_minutes integer CHECK (duration_minutes BETWEEN 1 AND 1440),
  price_amount     bigint CHECK (price_amount >= 0),
  PRIMARY KEY (workspace_id, staff_id, service_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  CONSTRAINT staff_for_service FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id)
);
CREATE INDEX staff_services_by_service ON staff_services (workspace_id, service_id);
SELECT tenant_table('staff_services');

-- A person's own week at a location; without a row they have the location's hours.
CREATE TABLE schedules (
  workspace_id uuid NOT NULL,
  staff_id     uuid NOT NULL,
  location_id  uuid NOT NULL,
  weekly       jsonb NOT NULL CHECK (jsonb_typeof(weekly) = 'object'),
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, staff_id, location_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id)
);
SELECT tenant_table('schedules');

-- Replaces the week on its date.
CREATE TABLE schedule_overrides (
  workspace_id uuid NOT NULL,
  staff_id     uuid NOT NULL,
  location_id  uuid NOT NULL,
  date         date NOT NULL,
  intervals    jsonb NOT NULL CHECK (jsonb_typeof(intervals) = 'array'),     -- [{ from, to }]; empty: closed
  PRIMARY KEY (workspace_id, staff_id, location_id, date),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id)
);
SELECT tenant_table('schedule_overrides');

-- A person is away wherever they work. It takes slots away and never a booking.
CREATE TABLE time_off (
  workspace_id uuid NOT NULL,
  id           uuid NOT NULL,
  staff_id     uuid NOT NULL,
  starts_at    timestamptz(3) NOT NULL,
  ends_at      timestamptz(3) NOT NULL,
  reason       text,
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CHECK (starts_at < ends_at),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id)
);
-- By their ends: what is over is not looked at, however much of it there is.
CREATE INDEX time_off_by_staff ON time_off (workspace_id, staff_id, ends_at);
CREATE INDEX time_off_by_end ON time_off (workspace_id, ends_at);
SELECT tenant_table('time_off');
