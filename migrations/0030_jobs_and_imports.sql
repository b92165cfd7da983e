-- Long work that a caller started: how far it is, and what came of it. The queue carries its id alone.
CREATE TABLE jobs (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  kind         text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
  state        text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  total        integer NOT NULL CHECK (total >= 0),
  done         integer NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND total),
  result       jsonb NOT NULL DEFAULT '{}',                           -- numbers and codes; nothing of a person
  created_at   timestamptz(3) NOT NULL,
  finished_at  timestamptz(3),
  PRIMARY KEY (workspace_id, id),
  CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'failed')))
);
SELECT tenant_table('jobs');

-- The rows of an import as they were planned; each is applied once, and keeps what it read until it is.
CREATE TABLE import_rows (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  job_id       uuid NOT NULL,
  number       integer NOT NULL CHECK (number > 0),                   -- its place in the file, the header not counted
  fields       jsonb,                                                 -- null once it is applied
  outcome      text CHECK (outcome IN ('created', 'updated', 'unchanged', 'failed')),
  customer_id  uuid,
  reason       text,                                                  -- a word of ours
  PRIMARY KEY (workspace_id, job_id, number),
  FOREIGN KEY (workspace_id, job_id) REFERENCES jobs (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  CHECK ((fields IS NULL) = (outcome IS NOT NULL))
);
CREATE INDEX import_rows_to_do ON import_rows (workspace_id, job_id, number) WHERE outcome IS NULL;
SELECT tenant_table('import_rows');

-- Whom an erasure forgot, by a salted hash of an address, so that no import makes a yes of their no.
CREATE TABLE erased_contacts (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  hash         text NOT NULL,
  erased_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, hash)
);
SELECT tenant_table('erased_contacts');
