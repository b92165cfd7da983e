-- What a later migration says in one line after CREATE TABLE:
--
--   SELECT tenant_table('api_keys');                        rows of one workspace each
--   SELECT tenant_table('ledger_entries', 'append_only');   … that nobody changes or deletes
--   SELECT global_table('accounts');                        the closed list of tables without a workspace
--
-- The application role is named by APP_DATABASE_URL, so its name arrives as a setting of the migration.

-- The tenant policy has no sub-select, so that it can run on every shard of Citus; an unset workspace is
-- null and sees nothing. The owner's policy is for backfills and dumps: forced row security binds it too.
CREATE FUNCTION tenant_table(tenant regclass, rights text DEFAULT 'read_write') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  app text := current_setting('backdesk.app_role');
  own_rows text := 'workspace_id = nullif(current_setting(''app.workspace_id'', true), '''')::uuid';
  privileges text := CASE rights
    WHEN 'read_write' THEN 'SELECT, INSERT, UPDATE, DELETE'
    WHEN 'append_only' THEN 'SELECT, INSERT'
  END;
BEGIN
  IF privileges IS NULL THEN
    RAISE EXCEPTION 'tenant_table: rights are read_write or append_only, not %', rights;
  END IF;

  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant);
  EXECUTE format('CREATE POLICY tenant ON %s TO %I USING (%s) WITH CHECK (%s)', tenant, app, own_rows, own_rows);
  EXECUTE format('CREATE POLICY owner ON %s TO %I USING (true) WITH CHECK (true)', tenant, current_user);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, %I', tenant, app);
  EXECUTE format('GRANT %s ON %s TO %I', privileges, tenant, app);
END
$$;

CREATE FUNCTION global_table(global regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  app text := current_setting('backdesk.app_role');
BEGIN
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, %I', global, app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', global, app);
END
$$;

REVOKE ALL ON FUNCTION tenant_table, global_table FROM PUBLIC;

-- A database that came from PostgreSQL 14 or earlier still lets everyone create tables here.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
