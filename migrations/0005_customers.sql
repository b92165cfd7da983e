-- Customers, and the two ways in which they are looked for by what resembles them.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;                            -- a uuid beside trigrams in one index

-- The keys and the search text are folded in src/domain/customers, so that both sides of a comparison are.
CREATE TABLE customers (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  name            text NOT NULL,
  name_key        text NOT NULL,                                     -- without case and accents
  email           text,                                              -- as given
  email_key       text,                                              -- lower case
  phone_e164      text CHECK (phone_e164 ~ '^\+[1-9][0-9]{1,14}$'),
  phone_extension text CHECK (phone_extension IS NULL OR phone_e164 IS NOT NULL),
  time_zone       text,                                              -- null: the workspace's
  language        text,
  note            text,
  tags            text[] NOT NULL DEFAULT '{}',
  search_text     text NOT NULL GENERATED ALWAYS AS
                    (name_key || ' ' || coalesce(email_key, '') || ' ' || coalesce(phone_e164, '')) STORED,
  status          text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived', 'merged')),
  merged_into     uuid CHECK (merged_into <> id),                    -- the survivor, who may be merged in turn
  version         integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at      timestamptz(3) NOT NULL,                           -- in workspace time, as all of it
  updated_at      timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, merged_into) REFERENCES customers (workspace_id, id),
  CHECK ((email IS NULL) = (email_key IS NULL)),
  CHECK ((status = 'merged') = (merged_into IS NOT NULL))
);
CREATE INDEX customers_by_email ON customers (workspace_id, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX customers_by_phone ON customers (workspace_id, phone_e164) WHERE phone_e164 IS NOT NULL;
CREATE INDEX customers_by_text ON customers USING gin (workspace_id, search_text gin_trgm_ops);
CREATE INDEX customers_by_name ON customers USING gin (workspace_id, name_key gin_trgm_ops);
SELECT tenant_table('customers');

-- Under row-level security neither LIKE nor % may use an index: they are not leakproof, so they see only rows that the
-- policy has let through, and the whole workspace is read (100 ms with 100,000 customers, where the index takes 4).
-- So these two run as the owner, and keep to the caller's workspace themselves.
CREATE FUNCTION customers_with_text(patterns text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT id FROM customers
  WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
    AND search_text LIKE ANY (patterns)
$$;

-- The nearest first. The threshold lets one wrong letter in a name of two words pass, and keeps "ana" from being like
-- every Ana there is.
CREATE FUNCTION customers_named_like(key text, at_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET pg_trgm.similarity_threshold = 0.45
AS $$
  SELECT id FROM customers
  WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
    AND name_key % key AND status <> 'merged'
  ORDER BY similarity(name_key, key) DESC, id
  LIMIT at_most
$$;

DO $$
BEGIN
  REVOKE ALL ON FUNCTION customers_with_text, customers_named_like FROM PUBLIC;
  EXECUTE format(
    'GRANT EXECUTE ON FUNCTION customers_with_text, customers_named_like TO %I', current_setting('backdesk.app_role'));
END
$$;
