-- What the road of a call leaves behind: the audit, stored answers, approvals, and the outbox of events.

-- One row per write, refusal and export. No personal data: arguments and answers stand in call_details.
CREATE TABLE audit_events (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  id             uuid NOT NULL,
  at             timestamptz(3) NOT NULL,             -- business time: a sandbox's clock in a sandbox
  recorded_at    timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  request_id     text NOT NULL,
  surface        text NOT NULL CHECK (surface IN ('mcp', 'rest', 'console', 'system')),
  client         text,                             -- as the program names itself
  principal_kind text NOT NULL,
  principal_id   uuid,
  member_id      uuid,                             -- on whose behalf
  decided_by     uuid,                             -- the member who approved
  tool           text NOT NULL,
  via            text,                             -- run_read_tool or run_write_tool
  arguments_hash text,
  outcome        text NOT NULL CHECK (outcome IN ('done', 'processing', 'dry_run', 'needs_confirmation', 'needs_approval', 'refused')),
  error_code     text,
  approval_id    uuid,
  changes        jsonb NOT NULL DEFAULT '[]',      -- [{ type, kind, id }]
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX audit_events_by_tool ON audit_events (workspace_id, tool, id DESC);
CREATE INDEX audit_events_by_principal ON audit_events (workspace_id, principal_id, id DESC);
SELECT tenant_table('audit_events', 'append_only');

-- The side table that erasure empties. Text, not jsonb: a replay repeats the answer to the letter.
CREATE TABLE call_details (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  audit_id     uuid NOT NULL,
  arguments    text,
  answer       text,
  PRIMARY KEY (workspace_id, audit_id),
  FOREIGN KEY (workspace_id, audit_id) REFERENCES audit_events (workspace_id, id)
);
SELECT tenant_table('call_details');

CREATE TABLE approvals (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  tool            text NOT NULL,
  arguments_hash  text NOT NULL,
  request_key     text NOT NULL DEFAULT '',        -- the idempotency key, where the call had one
  versions        jsonb NOT NULL,                  -- { entity id: version } that the decision rests on
  effects         jsonb NOT NULL,                  -- [{ kind, gate, amount?, recipients? }]
  asked_by_kind   text NOT NULL,
  asked_by        uuid NOT NULL,                   -- the key or member whose authority runs the call
  member_id       uuid,                            -- on whose behalf it was asked
  asked_at        timestamptz(3) NOT NULL,
  expires_at      timestamptz(3) NOT NULL,            -- in workspace time
  state           text NOT NULL CHECK (state IN ('pending', 'executed', 'failed', 'rejected', 'withdrawn', 'expired', 'stale')),
  edited          boolean NOT NULL DEFAULT false,
  decided_by      uuid,
  decided_at      timestamptz(3),
  error_code      text,
  audit_id        uuid NOT NULL,                   -- of the call that asked
  result_audit_id uuid,                            -- of the call that ran
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX approvals_by_state ON approvals (workspace_id, state, id DESC);
CREATE INDEX approvals_due ON approvals (workspace_id, expires_at) WHERE state = 'pending';
CREATE UNIQUE INDEX approvals_asked_once ON approvals (workspace_id, tool, arguments_hash, asked_by, request_key) WHERE state = 'pending';
SELECT tenant_table('approvals');

-- What an approval holds of people; emptied by erasure.
CREATE TABLE approval_details (
  workspace_id       uuid NOT NULL REFERENCES workspaces (id),
  approval_id        uuid NOT NULL,
  arguments          text,
  original_arguments text,                         -- before a reviewer's edit
  preview            text,
  note               text,                         -- the decider's words
  answer             text,                         -- what the run answered, or its refusal
  PRIMARY KEY (workspace_id, approval_id),
  FOREIGN KEY (workspace_id, approval_id) REFERENCES approvals (workspace_id, id)
);
SELECT tenant_table('approval_details');

CREATE TABLE approval_policies (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  rules        jsonb NOT NULL,
  version      integer NOT NULL,
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id)
);
SELECT tenant_table('approval_policies');

CREATE TABLE idempotency_keys (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  tool           text NOT NULL,
  key            text NOT NULL,
  arguments_hash text NOT NULL,
  audit_id       uuid NOT NULL,                    -- whose call_details hold the answer
  approval_id    uuid,                             -- where the call waits, or waited
  created_at     timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, tool, key)
);
SELECT tenant_table('idempotency_keys');

-- The outbox: what happened, in the commit in which it happened. Automations and webhooks read it.
CREATE TABLE events (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  type         text NOT NULL,
  subject_kind text NOT NULL,
  subject_id   uuid NOT NULL,
  data         jsonb NOT NULL DEFAULT '{}',
  at           timestamptz(3) NOT NULL,
  audit_id     uuid NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
SELECT tenant_table('events', 'append_only');
