-- Messages about invoices, and what they carry with them.
ALTER TABLE messages
  ADD COLUMN invoice_id uuid,
  ADD FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices (workspace_id, id);
CREATE INDEX messages_of_invoice ON messages (workspace_id, invoice_id) WHERE invoice_id IS NOT NULL;

-- As it was when its message was released: what is tried again is the same mail, to the byte.
CREATE TABLE message_attachments (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  message_id   uuid NOT NULL,
  name         text NOT NULL,
  media_type   text NOT NULL,
  content      bytea NOT NULL,
  PRIMARY KEY (workspace_id, message_id, name),
  FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id)
);
SELECT tenant_table('message_attachments');
