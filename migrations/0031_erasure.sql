-- Erasure: what is left of somebody who was forgotten is that they were.
ALTER TABLE customers ADD COLUMN erased_at timestamptz(3);

-- What was said stays, and so do ledgers; words in them that people wrote do not. The application may not change these
-- tables, so this is done with their owner's rights, for customers of the caller's workspace.
CREATE FUNCTION erase_words(customer_ids uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  UPDATE consent_events SET source = 'erased'
  WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
    AND customer_id = ANY (customer_ids);
  UPDATE entitlement_entries AS entry SET reason = 'erased'
  FROM entitlement_lots AS lot
  WHERE entry.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid AND entry.reason IS NOT NULL
    AND lot.workspace_id = entry.workspace_id AND lot.id = entry.lot_id AND lot.customer_id = ANY (customer_ids);
  UPDATE loyalty_entries AS entry SET reason = 'erased'
  FROM loyalty_accounts AS account
  WHERE entry.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid AND entry.reason IS NOT NULL
    AND account.workspace_id = entry.workspace_id AND account.id = entry.account_id
    AND account.customer_id = ANY (customer_ids);
$$;

DO $$
BEGIN
  REVOKE ALL ON FUNCTION erase_words FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION erase_words TO %I', current_setting('backdesk.app_role'));
END
$$;
