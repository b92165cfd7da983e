-- What a booking costs its customer, and what they may have.

-- Of one service; those of all services together are in the workspace's settings. null: no limit.
ALTER TABLE services
  ADD COLUMN cooldown_minutes       integer CHECK (cooldown_minutes > 0),     -- from the end of one visit to the start of the next
  ADD COLUMN on_hand_limit          integer CHECK (on_hand_limit > 0),        -- bookings to come
  ADD COLUMN day_limit              integer CHECK (day_limit > 0),            -- starts on a local date of the location
  ADD COLUMN week_limit             integer CHECK (week_limit > 0),
  ADD COLUMN requires_entitlement   boolean NOT NULL DEFAULT false,
  ADD COLUMN deposit_amount         bigint CHECK (deposit_amount > 0),        -- minor units; null: none is asked
  ADD COLUMN late_cancel_fee_amount bigint CHECK (late_cancel_fee_amount > 0),
  ADD COLUMN no_show_fee_amount     bigint CHECK (no_show_fee_amount > 0);

-- Whom the business books nothing for any more.
ALTER TABLE customers ADD COLUMN blocked boolean NOT NULL DEFAULT false;

-- As they were when it was booked.
ALTER TABLE bookings
  ADD COLUMN paid_with              text NOT NULL DEFAULT 'later' CHECK (paid_with IN ('entitlement', 'later')),
  ADD COLUMN needs_answer           boolean NOT NULL DEFAULT false,           -- the business says yes to it, once a deposit is paid
  ADD COLUMN deposit_amount         bigint CHECK (deposit_amount > 0),
  ADD COLUMN late_cancel_fee_amount bigint CHECK (late_cancel_fee_amount > 0),
  ADD COLUMN no_show_fee_amount     bigint CHECK (no_show_fee_amount > 0);
UPDATE bookings SET needs_answer = true WHERE state = 'pending';

-- What a booking asks of its customer beside its price. The money itself moves elsewhere, and says here that it has.
CREATE TABLE booking_charges (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  id             uuid NOT NULL,
  booking_id     uuid NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('deposit', 'late_cancel', 'no_show')),
  amount         bigint NOT NULL CHECK (amount > 0),
  -- Of a fee, what the deposit pays of it; of the deposit, what of it pays a fee. What is left is due, or to be refunded.
  covered_amount bigint NOT NULL DEFAULT 0 CHECK (covered_amount BETWEEN 0 AND amount),
  state          text NOT NULL CHECK (state IN ('due', 'paid', 'waived', 'refund_due', 'kept', 'void')),
  reason         text,                                                        -- why it was waived
  at             timestamptz(3) NOT NULL,                                     -- since when it is in its state
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id),
  CHECK (CASE kind
    WHEN 'deposit' THEN state <> 'waived'
    ELSE state NOT IN ('refund_due', 'kept') END),
  CHECK ((state = 'waived') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX booking_charges_one_live ON booking_charges (workspace_id, booking_id, kind) WHERE state <> 'void';
SELECT tenant_table('booking_charges');
