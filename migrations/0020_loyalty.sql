-- Loyalty: the program in its versions, who is in it, what each purchase earned, and every movement of their points.

-- A version never changes. At an instant the one counts that took effect last; of two at once, the later version.
CREATE TABLE loyalty_programs (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  version        integer NOT NULL CHECK (version > 0),
  effective_from timestamptz(3) NOT NULL,
  name           text NOT NULL,
  unit           text NOT NULL CHECK (unit IN ('points', 'stamps', 'credits')),
  status         text NOT NULL CHECK (status IN ('active', 'paused')),
  auto_enrol     boolean NOT NULL,                                    -- whether the first purchase makes a member
  expiry         text CHECK (expiry ~ '^P[0-9YMWD]+$'),               -- ISO 8601; null: points have no end
  earn_rules     jsonb NOT NULL,
  excluded       jsonb NOT NULL,
  tiers          jsonb,                                               -- null: none
  created_at     timestamptz(3) NOT NULL,
  principal_kind text NOT NULL,
  principal_id   uuid,
  PRIMARY KEY (workspace_id, version)
);
SELECT tenant_table('loyalty_programs', 'append_only');

CREATE TABLE loyalty_promotions (
  workspace_id  uuid NOT NULL REFERENCES workspaces (id),
  id            uuid NOT NULL,
  code          text NOT NULL,
  name          text NOT NULL,
  percent       integer CHECK (percent > 100),                        -- of what the rule earns: 200 is double
  addition      integer CHECK (addition > 0),                         -- points on top of it
  starts_at     timestamptz(3) NOT NULL,
  ends_at       timestamptz(3),                                       -- exclusive; null: until further notice
  limit_times   integer CHECK (limit_times > 0),                      -- of one customer; null: as often as they buy
  limit_days    integer CHECK (limit_days > 0),                       -- local days of the location; null: ever
  status        text NOT NULL CHECK (status IN ('active', 'archived')),
  version       integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT loyalty_promotions_code UNIQUE (workspace_id, code),
  CHECK (num_nulls(percent, addition) = 1),
  CHECK (starts_at < ends_at),
  CHECK (limit_times IS NOT NULL OR limit_days IS NULL)
);
SELECT tenant_table('loyalty_promotions');

-- A customer has one account that counts. Where two were merged, the other's comes with all its lots and entries, and is
-- merged into it: what a customer has is the sum of them all.
CREATE TABLE loyalty_accounts (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  customer_id     uuid NOT NULL,
  merged_into     uuid,
  enrolled_at     timestamptz(3) NOT NULL,
  tier            text,                                               -- as it was noted last; what counts is derived
  tier_changes_at timestamptz(3),                                     -- when time alone changes it
  override_tier   text,
  override_until  timestamptz(3),
  override_reason text,
  version         integer NOT NULL DEFAULT 1 CHECK (version > 0),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
  FOREIGN KEY (workspace_id, merged_into) REFERENCES loyalty_accounts (workspace_id, id),
  CHECK (num_nulls(override_tier, override_until, override_reason) IN (0, 3))
);
CREATE UNIQUE INDEX loyalty_accounts_of_customer ON loyalty_accounts (workspace_id, customer_id) WHERE merged_into IS NULL;
CREATE INDEX loyalty_accounts_tier_due ON loyalty_accounts (workspace_id, tier_changes_at) WHERE tier_changes_at IS NOT NULL;
SELECT tenant_table('loyalty_accounts');

-- Points that were earned together and end together. How many are left is nowhere here: it is the sum of the lot's
-- entries, and nothing once expires_at has come.
CREATE TABLE loyalty_lots (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  account_id   uuid NOT NULL,
  earned_at    timestamptz(3) NOT NULL,
  expires_at   timestamptz(3),                                        -- null: without end
  time_zone    text NOT NULL,                                         -- whose days and months its end is counted in
  expiry_noted boolean NOT NULL DEFAULT false,                        -- whether the ledger says so already
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, account_id) REFERENCES loyalty_accounts (workspace_id, id),
  CHECK (earned_at < expires_at)
);
CREATE INDEX loyalty_lots_of_account ON loyalty_lots (workspace_id, account_id, id);
CREATE INDEX loyalty_lots_expiring ON loyalty_lots (workspace_id, expires_at) WHERE NOT expiry_noted;
SELECT tenant_table('loyalty_lots');

-- What one source earned, once, whoever said so first. Its rule and promotion are those of its day, for good.
CREATE TABLE loyalty_accruals (
  workspace_id    uuid NOT NULL REFERENCES workspaces (id),
  id              uuid NOT NULL,
  account_id      uuid NOT NULL,
  source_kind     text NOT NULL CHECK (source_kind IN ('booking', 'enrolment', 'order', 'invoice', 'receipt')),
  source_id       text NOT NULL,                                      -- a uuid, or the number of a receipt kept elsewhere
  time_zone       text NOT NULL,
  program_version integer NOT NULL,
  promotion_id    uuid,
  promotion       jsonb,                                              -- its terms on that day
  state           text NOT NULL CHECK (state IN ('pending', 'earned', 'reversed', 'reverted')),
  lines           jsonb NOT NULL,                                     -- what was bought and is left after refunds
  points          integer NOT NULL CHECK (points >= 0),               -- what they earn
  spend_amount    bigint NOT NULL CHECK (spend_amount >= 0),          -- of them, after tax
  visits          integer NOT NULL CHECK (visits IN (0, 1)),
  happened_at     timestamptz(3) NOT NULL,
  earned_at       timestamptz(3),                                     -- null: pending, or never paid
  lot_id          uuid,                                               -- null: nothing was ever earned
  version         integer NOT NULL DEFAULT 1 CHECK (version > 0),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT loyalty_accruals_once UNIQUE (workspace_id, source_kind, source_id),
  FOREIGN KEY (workspace_id, account_id) REFERENCES loyalty_accounts (workspace_id, id),
  FOREIGN KEY (workspace_id, program_version) REFERENCES loyalty_programs (workspace_id, version),
  FOREIGN KEY (workspace_id, promotion_id) REFERENCES loyalty_promotions (workspace_id, id),
  FOREIGN KEY (workspace_id, lot_id) REFERENCES loyalty_lots (workspace_id, id),
  CHECK (state <> 'earned' OR earned_at IS NOT NULL),
  CHECK ((promotion_id IS NULL) = (promotion IS NULL)),
  CHECK (state IN ('pending', 'earned') OR (points = 0 AND visits = 0 AND spend_amount = 0))
);
CREATE INDEX loyalty_accruals_of_account ON loyalty_accruals (workspace_id, account_id, happened_at);
SELECT tenant_table('loyalty_accruals');

-- Sources that were paid before they earned anything: a visit that was paid in advance.
CREATE TABLE loyalty_paid_sources (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  source_kind  text NOT NULL CHECK (source_kind IN ('booking', 'enrolment', 'order', 'invoice', 'receipt')),
  source_id    text NOT NULL,
  paid_at      timestamptz(3) NOT NULL,
  lines        jsonb,                                                 -- as they were paid; null: as its owner says
  PRIMARY KEY (workspace_id, source_kind, source_id)
);
SELECT tenant_table('loyalty_paid_sources');

CREATE TABLE loyalty_rewards (
  workspace_id       uuid NOT NULL REFERENCES workspaces (id),
  id                 uuid NOT NULL,
  code               text NOT NULL,
  name               text NOT NULL,
  description        text,
  points             integer NOT NULL CHECK (points > 0),
  kind               text NOT NULL CHECK (kind IN ('discount_amount', 'discount_percent', 'free_item')),
  discount_amount    bigint CHECK (discount_amount > 0),              -- minor units of the workspace's currency
  discount_percent   integer CHECK (discount_percent BETWEEN 1 AND 100),
  item_id            text,
  min_tier           text,
  quota              integer CHECK (quota >= 0),                      -- that are issued or redeemed at a time; null: no end
  quota_per_customer integer CHECK (quota_per_customer > 0),
  status             text NOT NULL CHECK (status IN ('active', 'archived')),
  version            integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at         timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT loyalty_rewards_code UNIQUE (workspace_id, code),
  CHECK ((kind = 'discount_amount') = (discount_amount IS NOT NULL)),
  CHECK ((kind = 'discount_percent') = (discount_percent IS NOT NULL)),
  CHECK (kind = 'free_item' OR item_id IS NULL)
);
SELECT tenant_table('loyalty_rewards');

-- A reward in somebody's hand. Which lots its points came from, its entries say.
CREATE TABLE loyalty_redemptions (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  id           uuid NOT NULL,
  account_id   uuid NOT NULL,
  reward_id    uuid NOT NULL,
  state        text NOT NULL CHECK (state IN ('issued', 'redeemed', 'cancelled', 'reversed')),
  points       integer NOT NULL CHECK (points > 0),
  issued_at    timestamptz(3) NOT NULL,
  redeemed_at  timestamptz(3),
  ended_at     timestamptz(3),                                        -- cancelled or reversed
  reference    text,                                                  -- what it was redeemed on
  reason       text,                                                  -- why it was reversed
  version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, account_id) REFERENCES loyalty_accounts (workspace_id, id),
  FOREIGN KEY (workspace_id, reward_id) REFERENCES loyalty_rewards (workspace_id, id),
  CHECK ((state IN ('redeemed', 'reversed')) = (redeemed_at IS NOT NULL)),
  CHECK ((state IN ('cancelled', 'reversed')) = (ended_at IS NOT NULL))
);
CREATE INDEX loyalty_redemptions_of_account ON loyalty_redemptions (workspace_id, account_id, id);
CREATE INDEX loyalty_redemptions_of_reward ON loyalty_redemptions (workspace_id, reward_id) WHERE state IN ('issued', 'redeemed');
SELECT tenant_table('loyalty_redemptions');

-- The ledger. An entry's number is its place in its account: two writers who missed the customer's lock collide there.
-- Without a lot it is what the account owes: points that were taken back after they had been spent.
CREATE TABLE loyalty_entries (
  workspace_id   uuid NOT NULL REFERENCES workspaces (id),
  account_id     uuid NOT NULL,
  number         integer NOT NULL CHECK (number > 0),
  kind           text NOT NULL,
  lot_id         uuid,
  points         integer NOT NULL,
  accrual_id     uuid,
  redemption_id  uuid,
  reason         text,
  at             timestamptz(3) NOT NULL,
  principal_kind text NOT NULL,
  principal_id   uuid,
  PRIMARY KEY (workspace_id, account_id, number),
  FOREIGN KEY (workspace_id, account_id) REFERENCES loyalty_accounts (workspace_id, id),
  FOREIGN KEY (workspace_id, lot_id) REFERENCES loyalty_lots (workspace_id, id),
  FOREIGN KEY (workspace_id, accrual_id) REFERENCES loyalty_accruals (workspace_id, id),
  FOREIGN KEY (workspace_id, redemption_id) REFERENCES loyalty_redemptions (workspace_id, id),
  CHECK (CASE kind
    WHEN 'earn'   THEN points >= 0 AND accrual_id IS NOT NULL
    WHEN 'revise' THEN points <> 0 AND accrual_id IS NOT NULL
    WHEN 'adjust' THEN points <> 0 AND reason IS NOT NULL
    WHEN 'lock'   THEN points < 0 AND redemption_id IS NOT NULL
    WHEN 'redeem' THEN points = 0 AND redemption_id IS NOT NULL
    WHEN 'unlock' THEN points > 0 AND redemption_id IS NOT NULL
    WHEN 'return' THEN points > 0 AND redemption_id IS NOT NULL
    WHEN 'repay'  THEN points <> 0
    WHEN 'expire' THEN lot_id IS NOT NULL                             -- above nothing: what had ended, and is taken back
    ELSE false END),
  CHECK (lot_id IS NOT NULL OR kind IN ('earn', 'revise', 'redeem', 'repay'))
);
CREATE INDEX loyalty_entries_of_lot ON loyalty_entries (workspace_id, lot_id);
CREATE INDEX loyalty_entries_of_redemption ON loyalty_entries (workspace_id, redemption_id) WHERE redemption_id IS NOT NULL;
SELECT tenant_table('loyalty_entries', 'append_only');
