-- Publishable keys, which stand in a site's own pages, and the customers who sign in there.

ALTER TABLE api_keys DROP CONSTRAINT api_keys_kind_check;
ALTER TABLE api_keys
  ADD COLUMN origins text[] CHECK (cardinality(origins) BETWEEN 1 AND 20),  -- of the pages that may use it
  ADD CONSTRAINT api_keys_kind_check CHECK (kind IN ('live', 'test', 'pub')),
  ADD CONSTRAINT api_keys_published CHECK ((kind = 'pub') = (origins IS NOT NULL)),
  -- What its holders may do is the program's to say (src/access/customer.ts): no scope is handed out with it.
  ADD CONSTRAINT api_keys_published_work CHECK (kind <> 'pub' OR (role = 'member' AND scopes = '{}' AND staff_id IS NULL AND location_ids IS NULL));
CREATE INDEX api_keys_by_origin ON api_keys USING gin (origins) WHERE origins IS NOT NULL;

-- A browser asks before it sends the key (a preflight), so the answer looks across workspaces.
CREATE FUNCTION origin_is_named(origin text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM api_keys k
    WHERE k.origins @> ARRAY[origin] AND k.origins IS NOT NULL AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
  )
$$;

DO $$
BEGIN
  REVOKE ALL ON FUNCTION origin_is_named FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION origin_is_named TO %I', current_setting('backdesk.app_role'));
END
$$;

CREATE TABLE customer_sessions (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  key_id       uuid NOT NULL,                                        -- through which they signed in; it ends them too
  customer_id  uuid NOT NULL,
  token_hash   bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz(3) NOT NULL,
  revoked_at   timestamptz(3),
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, token_hash),
  FOREIGN KEY (workspace_id, key_id) REFERENCES api_keys (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id)
);
CREATE INDEX customer_sessions_by_customer ON customer_sessions (workspace_id, customer_id);
SELECT tenant_table('customer_sessions');

ALTER TABLE one_time_codes DROP CONSTRAINT one_time_codes_purpose_check;
ALTER TABLE one_time_codes ADD CONSTRAINT one_time_codes_purpose_check
  CHECK (purpose IN ('sign_up', 'sign_in', 'join', 'customer'));
