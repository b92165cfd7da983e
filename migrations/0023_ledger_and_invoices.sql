-- The ledger, and the invoices that post to it. No column holds a balance: what is owed, held and paid is summed.

-- Made when first needed. A currency is part of an account, so nothing adds up two of them.
CREATE TABLE ledger_accounts (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('cash', 'clearing', 'receivable', 'revenue', 'tax_payable', 'deposits_held',
    'deferred_revenue', 'gift_card_liability', 'customer_credit', 'refunds_due', 'points_redeemed', 'disputes', 'write_off',
    'fees', 'rounding')),
  currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  customer_id  uuid,
  provider     text,                                                  -- who has the money: a provider, a till, a bank
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, id, currency),
  UNIQUE NULLS NOT DISTINCT (workspace_id, kind, currency, customer_id, provider),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  CHECK ((kind IN ('receivable', 'deposits_held', 'customer_credit', 'refunds_due')) = (customer_id IS NOT NULL)),
  CHECK ((kind IN ('cash', 'clearing')) = (provider IS NOT NULL))
);
CREATE INDEX ledger_accounts_of_customer ON ledger_accounts (workspace_id, customer_id) WHERE customer_id IS NOT NULL;
SELECT tenant_table('ledger_accounts', 'append_only');

-- A source posts each of its causes once, however often it is told; what is reversed is reversed once.
CREATE TABLE ledger_transactions (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  id             uuid NOT NULL,
  source_kind    text NOT NULL,                                       -- invoice, payment, refund, credit_note, lot, …
  source_id      uuid NOT NULL,
  cause          text NOT NULL,
  reverses       uuid,
  at             timestamptz(3) NOT NULL,
  principal_kind text NOT NULL,
  principal_id   uuid,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT ledger_transactions_once UNIQUE (workspace_id, source_kind, source_id, cause),
  CONSTRAINT ledger_transactions_reversed_once UNIQUE (workspace_id, reverses),
  FOREIGN KEY (workspace_id, reverses) REFERENCES ledger_transactions (workspace_id, id),
  CHECK (reverses <> id)
);
SELECT tenant_table('ledger_transactions', 'append_only');

-- One row is a debit and a credit of the same amount, in one currency: rows that do not sum to zero cannot be written.
CREATE TABLE ledger_entries (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  transaction_id uuid NOT NULL,
  number         integer NOT NULL CHECK (number > 0),
  debit_id       uuid NOT NULL,
  credit_id      uuid NOT NULL,
  currency       text NOT NULL,
  amount         bigint NOT NULL CHECK (amount > 0),                  -- minor units
  invoice_id     uuid,                                                -- whose receivable it moves
  PRIMARY KEY (workspace_id, transaction_id, number),
  FOREIGN KEY (workspace_id, transaction_id) REFERENCES ledger_transactions (workspace_id, id),
  FOREIGN KEY (workspace_id, debit_id, currency) REFERENCES ledger_accounts (workspace_id, id, currency),
  FOREIGN KEY (workspace_id, credit_id, currency) REFERENCES ledger_accounts (workspace_id, id, currency),
  CHECK (debit_id <> credit_id)
);
CREATE INDEX ledger_entries_by_debit ON ledger_entries (workspace_id, debit_id) INCLUDE (amount);
CREATE INDEX ledger_entries_by_credit ON ledger_entries (workspace_id, credit_id) INCLUDE (amount);
CREATE INDEX ledger_entries_of_invoice ON ledger_entries (workspace_id, invoice_id) WHERE invoice_id IS NOT NULL;
SELECT tenant_table('ledger_entries', 'append_only');

-- Who issues invoices.
CREATE TABLE legal_entities (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  key          text NOT NULL,
  name         text NOT NULL,
  address      text,
  tax_ids      text[] NOT NULL DEFAULT '{}',
  footer       text,
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key)
);
SELECT tenant_table('legal_entities');

-- A number is taken under the row's lock and in the transaction that uses it: one that fails gives it back.
CREATE TABLE number_series (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  key             text NOT NULL,
  prefix          text NOT NULL,
  first_number    integer NOT NULL CHECK (first_number > 0),
  last_number     integer NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, legal_entity_id, kind, key),
  CONSTRAINT number_series_prefix_once UNIQUE (workspace_id, legal_entity_id, prefix),
  FOREIGN KEY (workspace_id, legal_entity_id) REFERENCES legal_entities (workspace_id, id),
  CHECK (last_number >= first_number - 1)
);
SELECT tenant_table('number_series');

CREATE TABLE invoices (
  workspace_id     uuid NOT NULL REFERENCES workspaces (id),
  id               uuid NOT NULL,
  status           text NOT NULL CHECK (status IN ('draft', 'open', 'paid', 'void', 'uncollectible')),
  customer_id      uuid NOT NULL,
  legal_entity_id  uuid NOT NULL,
  series_id        uuid NOT NULL,
  number           integer,
  number_text      text,
  source_kind      text CHECK (source_kind IN ('booking', 'lot', 'order', 'subscription')),
  source_id        uuid,
  source_turn      integer,                                           -- a booking that was completed again has another
  currency         text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  tax_mode         text NOT NULL CHECK (tax_mode IN ('inclusive', 'exclusive')),
  rounding         text NOT NULL CHECK (rounding IN ('line', 'invoice')),
  discount         jsonb,                                             -- of the whole, as it was asked for
  net_amount       bigint NOT NULL CHECK (net_amount >= 0),
  tax_amount       bigint NOT NULL CHECK (tax_amount >= 0),
  total_amount     bigint NOT NULL CHECK (total_amount = net_amount + tax_amount),
  memo             text,
  due_days         integer NOT NULL CHECK (due_days >= 0),
  due_date         date,
  time_zone        text NOT NULL,                                     -- whose days its dates are
  customer_snapshot jsonb,
  issuer_snapshot  jsonb,
  finalized_at     timestamptz(3),
  version          integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at       timestamptz(3) NOT NULL,
  updated_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT invoices_number_once UNIQUE (workspace_id, series_id, number),
  CONSTRAINT invoices_source_once UNIQUE (workspace_id, source_kind, source_id, source_turn),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, legal_entity_id) REFERENCES legal_entities (workspace_id, id),
  FOREIGN KEY (workspace_id, series_id) REFERENCES number_series (workspace_id, id),
  CHECK (num_nulls(source_kind, source_id, source_turn) IN (0, 3)),
  CHECK (num_nulls(number, number_text, due_date, customer_snapshot, issuer_snapshot, finalized_at)
    = CASE status WHEN 'draft' THEN 6 ELSE 0 END)
);
CREATE INDEX invoices_of_customer ON invoices (workspace_id, customer_id, id);
CREATE INDEX invoices_unpaid ON invoices (workspace_id, due_date) WHERE status = 'open';
SELECT tenant_table('invoices');

CREATE TABLE invoice_lines (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  invoice_id      uuid NOT NULL,
  position        integer NOT NULL CHECK (position > 0),
  description     text NOT NULL,
  quantity        integer NOT NULL CHECK (quantity > 0),
  unit_amount     bigint NOT NULL CHECK (unit_amount >= 0),
  discount        jsonb,                                              -- of the line, as it was asked for
  discount_amount bigint NOT NULL CHECK (discount_amount >= 0),       -- with its share of the whole's
  tax_rate        integer NOT NULL CHECK (tax_rate BETWEEN 0 AND 1000000), -- parts per million
  account         text NOT NULL CHECK (account IN ('revenue', 'deferred_revenue', 'gift_card_liability')),
  net_amount      bigint NOT NULL CHECK (net_amount >= 0),
  tax_amount      bigint NOT NULL CHECK (tax_amount >= 0),
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, invoice_id, position),
  FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices (workspace_id, id)
);
SELECT tenant_table('invoice_lines');

-- What of a payment went to an invoice, and what of it was more than was due.
CREATE TABLE invoice_payments (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  invoice_id      uuid NOT NULL,
  reference       uuid NOT NULL,                                      -- the payment
  tender          text NOT NULL,
  provider        text,
  applied_amount  bigint NOT NULL CHECK (applied_amount >= 0),
  credited_amount bigint NOT NULL CHECK (credited_amount >= 0),
  at              timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT invoice_payments_once UNIQUE (workspace_id, reference, invoice_id),
  FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices (workspace_id, id),
  CHECK (applied_amount + credited_amount > 0)
);
CREATE INDEX invoice_payments_of_invoice ON invoice_payments (workspace_id, invoice_id, id);
SELECT tenant_table('invoice_payments', 'append_only');

CREATE TABLE credit_notes (
  workspace_id       uuid NOT NULL REFERENCES workspaces (id),
  id                 uuid NOT NULL,
  invoice_id         uuid NOT NULL,
  status             text NOT NULL CHECK (status IN ('issued', 'void')),
  series_id          uuid NOT NULL,
  number             integer NOT NULL,
  number_text        text NOT NULL,
  reason             text NOT NULL,
  net_amount         bigint NOT NULL CHECK (net_amount >= 0),
  tax_amount         bigint NOT NULL CHECK (tax_amount >= 0),
  due_amount         bigint NOT NULL CHECK (due_amount >= 0),          -- taken off what was due
  refund_amount      bigint NOT NULL CHECK (refund_amount >= 0),
  credit_amount      bigint NOT NULL CHECK (credit_amount >= 0),
  out_of_band_amount bigint NOT NULL CHECK (out_of_band_amount >= 0),
  version            integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at         timestamptz(3) NOT NULL,
  voided_at          timestamptz(3),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT credit_notes_number_once UNIQUE (workspace_id, series_id, number),
  FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices (workspace_id, id),
  FOREIGN KEY (workspace_id, series_id) REFERENCES number_series (workspace_id, id),
  CHECK (net_amount + tax_amount > 0),
  CHECK (net_amount + tax_amount = due_amount + refund_amount + credit_amount + out_of_band_amount),
  CHECK ((status = 'void') = (voided_at IS NOT NULL))
);
CREATE INDEX credit_notes_of_invoice ON credit_notes (workspace_id, invoice_id, id);
SELECT tenant_table('credit_notes');

-- What has come off each line: by a credit note, or by a refund without one. Of a line, all of them sum to the line.
CREATE TABLE invoice_line_credits (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  source_id    uuid NOT NULL,                                         -- the credit note or the refund
  line_id      uuid NOT NULL,
  invoice_id   uuid NOT NULL,
  net_amount   bigint NOT NULL CHECK (net_amount >= 0),
  tax_amount   bigint NOT NULL CHECK (tax_amount >= 0),
  undone       boolean NOT NULL DEFAULT false,
  PRIMARY KEY (workspace_id, source_id, line_id),
  FOREIGN KEY (workspace_id, line_id) REFERENCES invoice_lines (workspace_id, id)
);
CREATE INDEX invoice_line_credits_of_invoice ON invoice_line_credits (workspace_id, invoice_id);
SELECT tenant_table('invoice_line_credits');

-- What goes back of what was paid, from its request on.
CREATE TABLE invoice_refunds (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  id             uuid NOT NULL,                                       -- the refund's
  invoice_id     uuid NOT NULL,
  reference      uuid NOT NULL,                                       -- the payment's
  credit_note_id uuid,
  amount         bigint NOT NULL CHECK (amount > 0),
  undone         boolean NOT NULL DEFAULT false,
  at             timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices (workspace_id, id),
  FOREIGN KEY (workspace_id, credit_note_id) REFERENCES credit_notes (workspace_id, id)
);
CREATE INDEX invoice_refunds_of_invoice ON invoice_refunds (workspace_id, invoice_id);
SELECT tenant_table('invoice_refunds');

CREATE TABLE invoice_instalments (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  invoice_id   uuid NOT NULL,
  number       integer NOT NULL CHECK (number > 0),
  amount       bigint NOT NULL CHECK (amount > 0),
  due_date     date NOT NULL,
  PRIMARY KEY (workspace_id, invoice_id, number),
  FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices (workspace_id, id)
);
SELECT tenant_table('invoice_instalments');

-- Reminders of an invoice: so many days from its due date, before or after, each once.
CREATE TABLE invoice_reminders (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  invoice_id   uuid NOT NULL,
  day_offset   integer NOT NULL,
  due_at       timestamptz(3) NOT NULL,
  done_at      timestamptz(3),
  message_id   uuid,
  reason       text,                                                  -- why none was written
  PRIMARY KEY (workspace_id, invoice_id, day_offset),
  FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices (workspace_id, id)
);
CREATE INDEX invoice_reminders_due ON invoice_reminders (workspace_id, due_at) WHERE done_at IS NULL;
SELECT tenant_table('invoice_reminders');
