-- A member hears of what waits for their decision, until they say otherwise; of nothing else is anybody told yet.
UPDATE members SET notify_about = '{approvals}';
ALTER TABLE members
  ALTER COLUMN notify_about SET DEFAULT '{approvals}',
  DROP CONSTRAINT members_notify_about_check,
  ADD CONSTRAINT members_notify_about_check CHECK (notify_about <@ ARRAY['approvals']);
