-- A workspace's own account at Twilio carries its SMS.
ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_provider_check,
  ADD CONSTRAINT deliveries_provider_check CHECK (provider IN ('sandbox', 'mailbox', 'smtp', 'resend', 'twilio'));
