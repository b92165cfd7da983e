-- What leaves for a person: one row per message and recipient, whatever the channel.
-- queued → sending → sent | failed | unknown; the worker moves it, an operator sees it.
CREATE TABLE deliveries (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  channel      text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
  provider     text NOT NULL CHECK (provider IN ('sandbox', 'mailbox', 'smtp')),
  recipient    text NOT NULL,
  subject      text,
  body         text NOT NULL,
  state        text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown')),
  created_at   timestamptz(3) NOT NULL,               -- in workspace time
  sent_at      timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
SELECT tenant_table('deliveries');
