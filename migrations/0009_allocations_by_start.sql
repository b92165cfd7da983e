-- When a place in time begins and ends, for whoever looks for what fills a person's days. The range itself cannot be
-- looked for: its operators are not leakproof, so under row-level security no index answers them.

ALTER TABLE allocations
  ADD COLUMN starts_at timestamptz(3) NOT NULL GENERATED ALWAYS AS (lower(occupied)) STORED,
  ADD COLUMN ends_at   timestamptz(3) NOT NULL GENERATED ALWAYS AS (upper(occupied)) STORED;

-- Says `<> 'released'` and not `= 'held'`, which is the same, so that a query which says it too can use this index and
-- not that of allocations_no_overlap: without statistics both look equally good, and that one reads a whole history.
CREATE INDEX allocations_by_start ON allocations (workspace_id, resource_key, starts_at) WHERE state <> 'released';
