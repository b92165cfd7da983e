-- Automations for classes: what is drafted may be about a customer's place in a class, or in the line for one.

ALTER TABLE messages
  ADD COLUMN enrolment_id      uuid,                 -- what it is about, where that is a class
  ADD COLUMN waitlist_entry_id uuid,                 -- … or a place that somebody waits for
  ADD FOREIGN KEY (workspace_id, enrolment_id) REFERENCES class_enrolments (workspace_id, id),
  ADD FOREIGN KEY (workspace_id, waitlist_entry_id) REFERENCES waitlist_entries (workspace_id, id),
  ADD CONSTRAINT messages_about_one CHECK (num_nonnulls(booking_id, enrolment_id, waitlist_entry_id) <= 1);
CREATE INDEX messages_of_enrolment ON messages (workspace_id, enrolment_id) WHERE enrolment_id IS NOT NULL;
CREATE INDEX messages_of_waitlist ON messages (workspace_id, waitlist_entry_id) WHERE waitlist_entry_id IS NOT NULL;

ALTER TABLE automation_runs
  ADD COLUMN enrolment_id      uuid,
  ADD COLUMN waitlist_entry_id uuid,
  ADD CONSTRAINT automation_runs_about_one CHECK (num_nonnulls(booking_id, enrolment_id, waitlist_entry_id) = 1);
CREATE INDEX automation_runs_of_enrolment ON automation_runs (workspace_id, enrolment_id) WHERE enrolment_id IS NOT NULL;
CREATE INDEX automation_runs_of_waitlist ON automation_runs (workspace_id, waitlist_entry_id)
  WHERE waitlist_entry_id IS NOT NULL;

-- Jobs run in any order: whether something later has overtaken an event is read from the events themselves.
CREATE INDEX events_of_subject ON events (workspace_id, subject_id, id);
