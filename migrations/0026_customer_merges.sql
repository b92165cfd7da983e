-- A merge moves what a customer has as entries of its ledgers: a lot changes hands, and its ledger says so.
ALTER TABLE entitlement_entries
  DROP CONSTRAINT entitlement_entries_check,
  ADD CONSTRAINT entitlement_entries_check CHECK (CASE kind
    WHEN 'grant'   THEN sessions > 0
    WHEN 'consume' THEN sessions = -1
    WHEN 'keep'    THEN sessions = 0
    WHEN 'return'  THEN sessions IN (0, 1)
    WHEN 'adjust'  THEN sessions <> 0
    WHEN 'expire'  THEN sessions <= 0
    WHEN 'extend'  THEN sessions >= 0
    WHEN 'move'    THEN sessions = 0                                  -- to the survivor of a merge
    ELSE false END);
