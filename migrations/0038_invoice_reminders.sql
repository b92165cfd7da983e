-- When a reminder is due is read from its invoice, whose due date may move.
ALTER TABLE invoice_reminders DROP COLUMN due_at;
CREATE INDEX invoice_reminders_waiting ON invoice_reminders (workspace_id, invoice_id) WHERE done_at IS NULL;
CREATE INDEX invoice_reminders_of_message ON invoice_reminders (workspace_id, message_id) WHERE message_id IS NOT NULL;

ALTER TABLE automation_runs
  ADD COLUMN invoice_id uuid,
  DROP CONSTRAINT automation_runs_about_one,
  ADD CONSTRAINT automation_runs_about_one
    CHECK (num_nonnulls(booking_id, enrolment_id, waitlist_entry_id, invoice_id) = 1);
CREATE INDEX automation_runs_of_invoice ON automation_runs (workspace_id, invoice_id) WHERE invoice_id IS NOT NULL;
