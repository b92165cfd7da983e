-- What a business keeps of its customers beside their details: fields of its own, notes, and who belongs to whom.

CREATE TABLE custom_fields (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  key          text NOT NULL,
  label        text NOT NULL,
  type         text NOT NULL CHECK (type IN ('text', 'number', 'date', 'boolean', 'choice')),
  choices      text[] CHECK ((choices IS NOT NULL) = (type = 'choice')),
  description  text,
  created_at   timestamptz(3) NOT NULL,
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key)
);
SELECT tenant_table('custom_fields');

-- A row a value, since jsonb's operators may use no index under row-level security: they are not leakproof, and those
-- of text, double precision and date are.
CREATE TABLE custom_field_values (
  workspace_id  uuid NOT NULL REFERENCES workspaces (id),
  customer_id   uuid NOT NULL,
  field_id      uuid NOT NULL,
  text_value    text,                                                 -- a choice too
  number_value  double precision,
  date_value    date,
  boolean_value boolean,
  match_key     text NOT NULL,                                        -- the value folded, as it is looked for
  PRIMARY KEY (workspace_id, customer_id, field_id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, field_id) REFERENCES custom_fields (workspace_id, id),
  CHECK (num_nonnulls(text_value, number_value, date_value, boolean_value) = 1)
);
CREATE INDEX custom_field_values_by_value ON custom_field_values (workspace_id, field_id, match_key, customer_id);
SELECT tenant_table('custom_field_values');

CREATE TABLE customer_notes (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  id             uuid NOT NULL,
  customer_id    uuid NOT NULL,
  text           text NOT NULL,
  pinned         boolean NOT NULL,
  visibility     text NOT NULL CHECK (visibility IN ('team', 'private', 'clinical')),
  member_id      uuid,                                                -- who wrote it, or on whose behalf it was
  principal_kind text NOT NULL,
  principal_id   uuid,
  at             timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id)
);
CREATE INDEX customer_notes_of_customer ON customer_notes (workspace_id, customer_id, at DESC, id DESC);
SELECT tenant_table('customer_notes');

-- `other_id` is what `kind` says to `customer_id`: who pays for them, who is their guardian. A household is mutual, and
-- has a row on each side.
CREATE TABLE customer_relationships (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  customer_id  uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('household', 'payer', 'guardian')),
  other_id     uuid NOT NULL,
  PRIMARY KEY (workspace_id, customer_id, kind, other_id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, other_id) REFERENCES customers (workspace_id, id),
  CHECK (other_id <> customer_id)
);
CREATE INDEX customer_relationships_of_other ON customer_relationships (workspace_id, other_id);
SELECT tenant_table('customer_relationships');

-- Who was merged into whom.
CREATE INDEX customers_by_survivor ON customers (workspace_id, merged_into) WHERE merged_into IS NOT NULL;
