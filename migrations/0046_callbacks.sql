-- What providers say afterwards: that a message has arrived, was read, could not be delivered.
ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_state_check,
  ADD CONSTRAINT deliveries_state_check
    CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'cancelled'));
CREATE INDEX deliveries_of_provider ON deliveries (workspace_id, provider, provider_ref) WHERE provider_ref IS NOT NULL;

-- Put on by a reply of STOP, which START takes back.
ALTER TABLE suppressions ADD COLUMN by_reply boolean NOT NULL DEFAULT false;

-- Whoever wrote HELP is answered once.
ALTER TABLE inbound_messages ADD COLUMN answered_at timestamptz(3);
