-- Packages and passes: what is sold, what a customer holds of it, and every movement of it.

CREATE TABLE packages (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  name         text NOT NULL,
  sessions     integer CHECK (sessions > 0),                          -- null: as many as one likes while it is valid
  validity     text CHECK (validity ~ '^P[0-9YMWD]+$'),               -- ISO 8601, whole local days; null: no end
  activation   text NOT NULL CHECK (activation IN ('on_purchase', 'on_first_visit')),
  service_ids  uuid[] CHECK (cardinality(service_ids) > 0),           -- null: every service
  price_amount bigint NOT NULL CHECK (price_amount >= 0),             -- minor units of the workspace's currency
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CHECK (sessions IS NOT NULL OR validity IS NOT NULL)
);
SELECT tenant_table('packages');

-- What one sale gave one customer, on the terms of that day. How much is left is nowhere here: it is the sum of the
-- lot's entries, and nothing once expires_at has come.
CREATE TABLE entitlement_lots (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  customer_id  uuid NOT NULL,
  package_id   uuid NOT NULL,
  source       text NOT NULL CHECK (source IN ('sale', 'reissue')),
  name         text NOT NULL,
  sessions     integer CHECK (sessions > 0),
  validity     text,
  activation   text NOT NULL CHECK (activation IN ('on_purchase', 'on_first_visit')),
  service_ids  uuid[],
  time_zone    text NOT NULL,                                         -- whose days its validity is counted in
  price_amount bigint CHECK (price_amount >= 0),                      -- null: given, not sold
  granted_at   timestamptz(3) NOT NULL,
  activated_at timestamptz(3),                                        -- null: waits for its first visit
  expires_at   timestamptz(3),                                        -- null: not begun, or without end
  expiry_noted boolean NOT NULL DEFAULT false,                        -- whether the ledger says so already
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, package_id) REFERENCES packages (workspace_id, id),
  CHECK (activated_at IS NOT NULL OR (activation = 'on_first_visit' AND expires_at IS NULL)),
  CHECK (activated_at < expires_at)
);
CREATE INDEX entitlement_lots_of_customer ON entitlement_lots (workspace_id, customer_id, id);
CREATE INDEX entitlement_lots_expiring ON entitlement_lots (workspace_id, expires_at) WHERE NOT expiry_noted;
SELECT tenant_table('entitlement_lots');

-- The ledger. An entry's number is its place in its lot: two writers who missed the customer's lock collide there.
-- A source takes a credit in turns, the next one once the last has come back; it does each thing once a turn.
CREATE TABLE entitlement_entries (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  lot_id         uuid NOT NULL,
  number         integer NOT NULL CHECK (number > 0),
  kind           text NOT NULL,
  sessions       integer,                                             -- null in a lot that counts none
  source_kind    text CHECK (source_kind IN ('booking', 'enrolment')),
  source_id      uuid,
  turn           integer CHECK (turn > 0),
  visit_at       timestamptz(3),                                      -- the start of the visit that it was taken for
  expires_at     timestamptz(3),                                      -- the end that it was extended to
  reason         text,
  at             timestamptz(3) NOT NULL,
  principal_kind text NOT NULL,
  principal_id   uuid,
  PRIMARY KEY (workspace_id, lot_id, number),
  FOREIGN KEY (workspace_id, lot_id) REFERENCES entitlement_lots (workspace_id, id),
  CONSTRAINT entitlement_entries_once_a_turn UNIQUE (workspace_id, source_kind, source_id, turn, kind),
  CHECK (CASE kind
    WHEN 'grant'   THEN sessions > 0
    WHEN 'consume' THEN sessions = -1
    WHEN 'keep'    THEN sessions = 0
    WHEN 'return'  THEN sessions IN (0, 1)                            -- 0: it came back as a lot of its own
    WHEN 'adjust'  THEN sessions <> 0
    WHEN 'expire'  THEN sessions <= 0
    WHEN 'extend'  THEN sessions >= 0                                 -- what had expired, and is there again
    ELSE false END),
  CHECK (num_nulls(source_kind, source_id, turn) IN (0, 3)),
  CHECK (kind NOT IN ('consume', 'keep', 'return') OR turn IS NOT NULL),
  CHECK ((kind = 'consume') = (visit_at IS NOT NULL)),
  CHECK ((kind = 'extend') = (expires_at IS NOT NULL)),
  CHECK (kind NOT IN ('adjust', 'extend') OR reason IS NOT NULL)
);
SELECT tenant_table('entitlement_entries', 'append_only');
