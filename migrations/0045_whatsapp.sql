-- A workspace's own account at WhatsApp carries its messages there.
ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_provider_check,
  ADD CONSTRAINT deliveries_provider_check
    CHECK (provider IN ('sandbox', 'mailbox', 'smtp', 'resend', 'twilio', 'whatsapp'));

-- WhatsApp puts a template together itself: what fills its placeholders, in the order of the body.
ALTER TABLE messages
  ADD COLUMN template_values text[] CHECK (template_values IS NULL OR template_key IS NOT NULL);

-- What customers write. WhatsApp carries free text for a day after it.
CREATE TABLE inbound_messages (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  channel      text NOT NULL CHECK (channel IN ('sms', 'whatsapp')),
  provider     text NOT NULL CHECK (provider IN ('twilio', 'whatsapp')),
  provider_ref text NOT NULL,                        -- what the provider calls it: heard again, it is the same one
  sender       text NOT NULL,                        -- E.164
  customer_id  uuid,                                 -- whose number it was; null: nobody's, or of several
  body         text NOT NULL,
  received_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, provider, provider_ref),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id)
);
CREATE INDEX inbound_messages_of_sender ON inbound_messages (workspace_id, channel, sender, received_at DESC);
CREATE INDEX inbound_messages_of_customer ON inbound_messages (workspace_id, customer_id, received_at DESC)
  WHERE customer_id IS NOT NULL;
SELECT tenant_table('inbound_messages');
