-- Money that moves: what customers pay, what goes back, and the cards that they let the business keep.

-- A card that a provider keeps. What is here says which, and when its owner agreed to charges without them.
CREATE TABLE payment_methods (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  customer_id  uuid NOT NULL,
  provider     text NOT NULL CHECK (provider IN ('sandbox', 'stripe')),
  provider_ref text NOT NULL,
  owner_ref    text,                                                  -- what the provider calls its owner
  brand        text,
  last4        text CHECK (last4 ~ '^[0-9]{4}$'),
  mandate_at   timestamptz(3),                                        -- null: may not be charged without the customer
  removed_at   timestamptz(3),
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, provider, provider_ref, customer_id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id)
);
CREATE INDEX payment_methods_of_customer ON payment_methods (workspace_id, customer_id, id);
SELECT tenant_table('payment_methods');

-- A page on which a customer pays one thing.
CREATE TABLE payment_links (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  customer_id  uuid NOT NULL,
  purpose      text NOT NULL CHECK (purpose IN ('invoice', 'deposit', 'fee', 'gift_card')),
  subject_id   uuid NOT NULL,                                         -- an invoice, a booking, a gift card
  capture      boolean NOT NULL DEFAULT true,                         -- false: the money is only held
  expires_at   timestamptz(3) NOT NULL,                               -- real time, as of every credential
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id)
);
SELECT tenant_table('payment_links');

-- One movement of money from a customer, with whatever it took. The attempt is committed before the provider is
-- called, so that one that was cut off is known for it: whoever goes on asks the provider first.
CREATE TABLE payments (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  customer_id     uuid NOT NULL,
  purpose         text NOT NULL CHECK (purpose IN ('invoice', 'deposit', 'fee', 'gift_card')),
  subject_id      uuid NOT NULL,                                      -- an invoice, a booking, a gift card
  tender          text NOT NULL CHECK (tender IN ('card', 'gift_card', 'points', 'cash', 'bank_transfer', 'external', 'customer_credit', 'deposit')),
  provider        text CHECK (provider IN ('sandbox', 'stripe')),
  provider_ref    text,
  method_id       uuid,
  link_id         uuid,
  source_id       uuid,                                               -- the gift card, or the payment of the deposit, that it is paid from
  state           text NOT NULL CHECK (state IN ('requires_action', 'processing', 'authorized', 'succeeded', 'failed', 'cancelled')),
  amount          bigint NOT NULL CHECK (amount > 0),                 -- minor units
  currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  credited_amount bigint NOT NULL DEFAULT 0,                          -- of it, what was owed nowhere and is the customer's credit
  alert           text CHECK (alert IN ('overpaid', 'debt_gone')),     -- why somebody should look at it
  capture         boolean NOT NULL DEFAULT true,
  then_doing      text CHECK (then_doing IN ('capture', 'release')),    -- what is done to the hold as soon as it is known
  keep_method     boolean NOT NULL DEFAULT false,                     -- the customer agreed that the card is kept
  doing           text CHECK (doing IN ('charge', 'checkout', 'capture', 'release')), -- what the provider is to do next
  in_doubt        boolean NOT NULL DEFAULT false,                     -- an attempt of it was not answered
  attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  attempted_at    timestamptz(3),                                     -- real time, of the first attempt at what it is doing
  action_url      text,                                               -- where the customer has to act
  reason          text,                                               -- why it failed: a word of ours
  reference       text,                                               -- of a manual payment: what the business calls it
  created_at      timestamptz(3) NOT NULL,
  updated_at      timestamptz(3) NOT NULL,
  settled_at      timestamptz(3),                                     -- when the money was there
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, method_id) REFERENCES payment_methods (workspace_id, id),
  FOREIGN KEY (workspace_id, link_id) REFERENCES payment_links (workspace_id, id),
  CHECK ((provider IS NULL) = (tender <> 'card')),
  CHECK (credited_amount BETWEEN 0 AND amount),
  CHECK ((state = 'succeeded') = (settled_at IS NOT NULL)),
  CHECK ((state = 'failed') = (reason IS NOT NULL))
);
CREATE INDEX payments_of_subject ON payments (workspace_id, subject_id, id);
CREATE INDEX payments_of_customer ON payments (workspace_id, customer_id, id);
CREATE UNIQUE INDEX payments_by_ref ON payments (workspace_id, provider, provider_ref) WHERE provider_ref IS NOT NULL;
SELECT tenant_table('payments');

CREATE TABLE payment_attempts (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  payment_id   uuid NOT NULL,
  number       integer NOT NULL CHECK (number > 0),
  doing        text NOT NULL CHECK (doing IN ('charge', 'checkout', 'capture', 'release')),
  asked        boolean NOT NULL,                                      -- the provider was asked first what had become of it
  outcome      text NOT NULL,                                         -- sending, unclear, later, or what the provider reported
  at           timestamptz(3) NOT NULL,                               -- real time
  PRIMARY KEY (workspace_id, payment_id, number),
  FOREIGN KEY (workspace_id, payment_id) REFERENCES payments (workspace_id, id)
);
SELECT tenant_table('payment_attempts');

CREATE TABLE refunds (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  payment_id   uuid NOT NULL,
  state        text NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
  amount       bigint NOT NULL CHECK (amount > 0),
  credit_amount bigint NOT NULL DEFAULT 0 CHECK (credit_amount BETWEEN 0 AND amount), -- of it, taken from the credit that the payment became
  provider_ref text,
  reason       text,                                                  -- why the business gave it back, in its words
  failure      text,                                                  -- why it failed: a word of ours
  in_doubt     boolean NOT NULL DEFAULT false,
  attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  attempted_at timestamptz(3),                                        -- real time, of the first attempt
  created_at   timestamptz(3) NOT NULL,
  updated_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, payment_id) REFERENCES payments (workspace_id, id),
  CHECK ((state = 'failed') = (failure IS NOT NULL))
);
CREATE INDEX refunds_of_payment ON refunds (workspace_id, payment_id, id);
SELECT tenant_table('refunds');

CREATE TABLE payment_disputes (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  payment_id   uuid NOT NULL,
  provider_ref text NOT NULL,
  state        text NOT NULL CHECK (state IN ('needs_response', 'under_review', 'won', 'lost')),
  amount       bigint NOT NULL CHECK (amount > 0),
  reason       text NOT NULL,
  respond_by   timestamptz(3),
  heard_at     timestamptz(3) NOT NULL,                               -- the provider's time of its last word
  opened_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, provider_ref),
  FOREIGN KEY (workspace_id, payment_id) REFERENCES payments (workspace_id, id)
);
SELECT tenant_table('payment_disputes');

-- What a provider has said by itself, each once. What comes before what it is about waits for it.
CREATE TABLE provider_events (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  provider     text NOT NULL CHECK (provider IN ('sandbox', 'stripe')),
  event_id     text NOT NULL,
  about_ref    text NOT NULL,                                         -- what the provider calls the payment or refund
  event        jsonb NOT NULL,                                        -- ids, amounts and words of ours
  outcome      text NOT NULL CHECK (outcome IN ('applied', 'waiting', 'ignored')),
  at           timestamptz(3) NOT NULL,                               -- real time, when it came
  PRIMARY KEY (workspace_id, provider, event_id)
);
CREATE INDEX provider_events_waiting ON provider_events (workspace_id, provider, about_ref) WHERE outcome = 'waiting';
SELECT tenant_table('provider_events');

-- The sandbox provider's own book: a real one has it elsewhere. It knows by key what it has done.
CREATE TABLE sandbox_book (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  key          text NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('charge', 'checkout', 'capture', 'release', 'refund')),
  ref          text NOT NULL,
  amount       bigint NOT NULL,
  currency     text NOT NULL,
  report       jsonb NOT NULL,
  at           timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, key)
);
SELECT tenant_table('sandbox_book');

-- How the next charges and refunds are to go, in order; what it says by itself later falls due in workspace time.
CREATE TABLE sandbox_scripts (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('charge', 'refund')),
  outcome      text NOT NULL,
  used_at      timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
SELECT tenant_table('sandbox_scripts');
CREATE TABLE sandbox_events (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('dispute', 'refund_failed')),
  ref          text NOT NULL,
  own_id       uuid NOT NULL,                                         -- the payment or refund
  amount       bigint NOT NULL,
  due_at       timestamptz(3) NOT NULL,
  told         boolean NOT NULL DEFAULT false,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX sandbox_events_due ON sandbox_events (workspace_id, due_at) WHERE NOT told;
SELECT tenant_table('sandbox_events');

-- Gift cards: what the business owes whoever holds the code. The code itself is nowhere; what is kept of it finds it.
CREATE TABLE gift_cards (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  customer_id  uuid NOT NULL,                                         -- who buys it
  state        text NOT NULL CHECK (state IN ('pending', 'active', 'cancelled')),
  code_proof   bytea NOT NULL,
  last4        text NOT NULL CHECK (last4 ~ '^[0-9A-Z]{4}$'),
  amount       bigint NOT NULL CHECK (amount > 0),                    -- minor units, at its sale
  currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  expires_at   timestamptz(3),
  created_at   timestamptz(3) NOT NULL,
  activated_at timestamptz(3),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT gift_cards_code_once UNIQUE (workspace_id, code_proof),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  CHECK (activated_at IS NOT NULL OR state <> 'active')
);
SELECT tenant_table('gift_cards');

-- Its ledger. An entry's number is its place: two writers who missed the card's lock collide there.
CREATE TABLE gift_card_entries (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  gift_card_id uuid NOT NULL,
  number       integer NOT NULL CHECK (number > 0),
  kind         text NOT NULL CHECK (kind IN ('activate', 'redeem', 'restore', 'refund', 'unrefund')),
  amount       bigint NOT NULL,                                       -- more or less; what is left is the sum
  source_id    uuid,                                                  -- the payment that it made, or the refund
  at           timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, gift_card_id, number),
  UNIQUE NULLS NOT DISTINCT (workspace_id, gift_card_id, kind, source_id),
  FOREIGN KEY (workspace_id, gift_card_id) REFERENCES gift_cards (workspace_id, id),
  CHECK (CASE kind WHEN 'activate' THEN amount > 0 WHEN 'restore' THEN amount > 0 WHEN 'unrefund' THEN amount > 0 ELSE amount < 0 END)
);
SELECT tenant_table('gift_card_entries', 'append_only');

-- The money of a deposit pays the invoice of its booking, goes back, or is kept.
ALTER TABLE booking_charges
  DROP CONSTRAINT booking_charges_state_check,
  ADD CONSTRAINT booking_charges_state_check
    CHECK (state IN ('due', 'paid', 'waived', 'refund_due', 'refunded', 'applied', 'kept', 'void')),
  DROP CONSTRAINT booking_charges_check1,
  ADD CONSTRAINT booking_charges_of_deposit CHECK (CASE kind
    WHEN 'deposit' THEN state <> 'waived'
    ELSE state NOT IN ('refund_due', 'refunded', 'applied', 'kept') END);
