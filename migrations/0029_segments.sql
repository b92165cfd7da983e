-- Saved selections of customers: a rule, evaluated anew whenever it is asked for.
CREATE TABLE segments (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  key          text NOT NULL,
  name         text NOT NULL,
  rule         jsonb NOT NULL,                                        -- src/domain/customers/segment-rule.ts
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at   timestamptz(3) NOT NULL,
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key)
);
SELECT tenant_table('segments');
