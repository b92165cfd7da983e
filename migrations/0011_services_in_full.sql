-- Services in full: parts with gaps between them, variants, add-ons, and the rooms and equipment that they need.

-- [{ minutes, gap_after_minutes }], two or more; null: one piece. Their sum is duration_minutes.
ALTER TABLE services ADD COLUMN segments jsonb CHECK (jsonb_typeof(segments) = 'array');

-- One of them instead of the service's own time and price. What is no longer offered stays for what was booked with it.
CREATE TABLE service_variants (
  workspace_id     uuid NOT NULL,
  id               uuid NOT NULL,
  service_id       uuid NOT NULL,
  position         integer NOT NULL,
  name             text NOT NULL,
  duration_minutes integer CHECK (duration_minutes BETWEEN 1 AND 1440),      -- null: the service's
  price_amount     bigint NOT NULL CHECK (price_amount >= 0),
  status           text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT service_variants_by_name UNIQUE (workspace_id, service_id, name),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id)
);
SELECT tenant_table('service_variants');

-- Any of them beside the service: minutes at its end, money on its price.
CREATE TABLE service_addons (
  workspace_id uuid NOT NULL,
  id           uuid NOT NULL,
  service_id   uuid NOT NULL,
  position     integer NOT NULL,
  name         text NOT NULL,
  minutes      integer NOT NULL CHECK (minutes BETWEEN 0 AND 1440),
  price_amount bigint NOT NULL CHECK (price_amount >= 0),
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT service_addons_by_name UNIQUE (workspace_id, service_id, name),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id)
);
SELECT tenant_table('service_addons');

-- A room, a chair, a machine: one or several alike. How many it has is how many rows `resource_units` has.
CREATE TABLE resources (
  workspace_id uuid NOT NULL,
  id           uuid NOT NULL,
  location_id  uuid NOT NULL,
  name         text NOT NULL,
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT resource_at_location FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id)
);
SELECT tenant_table('resources');

-- The id is the resource_key of its allocations, which outlive it: a unit that is removed leaves its past behind.
CREATE TABLE resource_units (
  workspace_id uuid NOT NULL,
  id           uuid NOT NULL,
  resource_id  uuid NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, resource_id) REFERENCES resources (workspace_id, id)
);
CREATE INDEX resource_units_of_resource ON resource_units (workspace_id, resource_id, id);
SELECT tenant_table('resource_units');

-- What a service needs: each need is met by one of its resources, the first that is free in the order of choice.
CREATE TABLE service_resources (
  workspace_id uuid NOT NULL,
  service_id   uuid NOT NULL,
  need         integer NOT NULL,
  choice       integer NOT NULL,
  resource_id  uuid NOT NULL,
  quantity     integer NOT NULL CHECK (quantity > 0),                        -- of each choice of a need the same
  PRIMARY KEY (workspace_id, service_id, need, choice),
  -- In one need alone: two needs are then met apart from each other.
  UNIQUE (workspace_id, service_id, resource_id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id),
  CONSTRAINT service_resource_is_known FOREIGN KEY (workspace_id, resource_id) REFERENCES resources (workspace_id, id)
);
CREATE INDEX service_resources_by_resource ON service_resources (workspace_id, resource_id);
SELECT tenant_table('service_resources');

-- What was booked, as it was then: editing a service moves and breaks no booking.
ALTER TABLE bookings
  ADD COLUMN variant_id uuid,
  ADD COLUMN addons jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(addons) = 'array'), -- [{ id, name, minutes, amount }]
  ADD COLUMN parts  jsonb CHECK (jsonb_typeof(parts) = 'array'),                        -- the service's segments
  ADD COLUMN needs  jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(needs) = 'array'),  -- [{ resource_id, quantity, choices }]
  ADD CONSTRAINT bookings_variant FOREIGN KEY (workspace_id, variant_id) REFERENCES service_variants (workspace_id, id);
