-- Messages to customers: what they are made from, what was written, what became of it, and who wants none.

-- A template changes by getting another version: what a policy lets through, it lets through at a version.
CREATE TABLE message_templates (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  id             uuid NOT NULL,
  key            text NOT NULL,
  channel        text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
  language       text NOT NULL,                      -- BCP 47
  version        integer NOT NULL CHECK (version > 0),
  purpose        text NOT NULL CHECK (purpose IN ('transactional', 'marketing')),
  subject        text CHECK ((subject IS NOT NULL) = (channel = 'email')),
  body           text NOT NULL,
  variables      jsonb NOT NULL,                     -- [{ name, type }]
  -- What WhatsApp says of it; other channels ask nobody.
  provider_state text NOT NULL CHECK (provider_state IN ('not_needed', 'draft', 'submitted', 'approved', 'rejected')),
  created_at     timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key, channel, language, version)
);
SELECT tenant_table('message_templates');

CREATE TABLE messages (
  workspace_id     uuid NOT NULL REFERENCES workspaces (id),
  id               uuid NOT NULL,
  state            text NOT NULL CHECK (state IN ('draft', 'released', 'cancelled')),
  customer_id      uuid NOT NULL,
  booking_id       uuid,                             -- what it is about
  channel          text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
  purpose          text NOT NULL CHECK (purpose IN ('transactional', 'marketing')),
  language         text NOT NULL,
  recipient        text NOT NULL,                    -- as it was at drafting
  subject          text CHECK ((subject IS NOT NULL) = (channel = 'email')),
  body             text NOT NULL,                    -- rendered
  template_key     text,                             -- null: written freely
  template_version integer CHECK ((template_version IS NULL) = (template_key IS NULL)),
  own_words        boolean NOT NULL DEFAULT false,   -- the caller filled in variables of the template
  automation_id    uuid,                             -- null: an agent or a person wrote it
  version          integer NOT NULL DEFAULT 1,
  created_at       timestamptz(3) NOT NULL,
  updated_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id)
);
CREATE INDEX messages_of_customer ON messages (workspace_id, customer_id, id DESC);
CREATE INDEX messages_of_booking ON messages (workspace_id, booking_id) WHERE booking_id IS NOT NULL;
SELECT tenant_table('messages');

-- A delivery begins where a message is released: at once, or at its time. The attempt is committed as `sending` before
-- the provider is called, so that one that was cut off is known for it.
ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_provider_check,
  DROP CONSTRAINT deliveries_state_check,
  ADD CONSTRAINT deliveries_provider_check CHECK (provider IN ('sandbox', 'mailbox', 'smtp', 'resend')),
  ADD CONSTRAINT deliveries_state_check CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
  ADD COLUMN message_id   uuid NOT NULL,
  ADD COLUMN due_at       timestamptz(3) NOT NULL,             -- in workspace time; a retry puts it off
  ADD COLUMN attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  ADD COLUMN attempted_at timestamptz(3),                      -- real time, of the last attempt
  ADD COLUMN reason       text,                                -- why it waits, failed or is unknown: a word of ours
  ADD COLUMN provider_ref text,                                -- what the provider calls it
  ADD FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id),
  ADD CONSTRAINT deliveries_once UNIQUE (workspace_id, message_id);
CREATE INDEX deliveries_due ON deliveries (workspace_id, due_at) WHERE state IN ('queued', 'sending');

-- Who wants no messages, or cannot get any. Lifted only by a new consent, or by START what STOP did.
CREATE TABLE suppressions (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  channel      text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
  address      text NOT NULL,                        -- lower-case email, E.164
  scope        text NOT NULL CHECK (scope IN ('all', 'marketing')),
  reason       text NOT NULL CHECK (reason IN ('opt_out', 'bounce', 'complaint', 'manual')),
  created_at   timestamptz(3) NOT NULL,
  lifted_at    timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX suppressions_in_force ON suppressions (workspace_id, channel, address, scope, reason) WHERE lifted_at IS NULL;
SELECT tenant_table('suppressions');

-- What a customer said yes or no to, each time they did. The last word counts.
CREATE TABLE consent_events (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  customer_id     uuid NOT NULL,
  channel         text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
  purpose         text NOT NULL CHECK (purpose IN ('transactional', 'marketing')),
  state           text NOT NULL CHECK (state IN ('granted', 'withdrawn')),
  source          text NOT NULL,                     -- where: a form, the phone, a reply
  wording_version text,                              -- of what they agreed to
  at              timestamptz(3) NOT NULL,           -- when they said it
  recorded_at     timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id)
);
CREATE INDEX consent_of_customer ON consent_events (workspace_id, customer_id, channel, purpose, at DESC, id DESC);
SELECT tenant_table('consent_events', 'append_only');

-- What the asker was warned of is for the reviewer to read as well.
ALTER TABLE approval_details ADD COLUMN warnings text;

-- Rules that draft messages. They draft and ask; the gate is everybody's.
CREATE TABLE automations (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  key          text NOT NULL,
  enabled      boolean NOT NULL,
  template_key text NOT NULL,
  channel      text CHECK (channel IN ('email', 'sms', 'whatsapp')),   -- null: the first that reaches the customer
  version      integer NOT NULL DEFAULT 1,
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key)
);
SELECT tenant_table('automations');

-- Once for each event, however often its job runs.
CREATE TABLE automation_runs (
  workspace_id  uuid NOT NULL REFERENCES workspaces (id),
  automation_id uuid NOT NULL,
  event_id      uuid NOT NULL,
  booking_id    uuid,
  outcome       text NOT NULL CHECK (outcome IN ('drafted', 'skipped')),
  reason        text,                                -- why nothing was drafted: a word of ours
  message_id    uuid,
  at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, automation_id, event_id),
  FOREIGN KEY (workspace_id, automation_id) REFERENCES automations (workspace_id, id),
  FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id)
);
CREATE INDEX automation_runs_of_booking ON automation_runs (workspace_id, booking_id) WHERE booking_id IS NOT NULL;
SELECT tenant_table('automation_runs');
