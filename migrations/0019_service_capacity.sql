-- How large a party one booking of a service takes, and how many come. And under which heading of tax it falls, for invoices.

ALTER TABLE services
  ADD COLUMN capacity     integer NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 1000),
  ADD COLUMN tax_category text CHECK (tax_category ~ '^[a-z][a-z0-9_]{0,39}$');             -- null: the standard one

ALTER TABLE bookings ADD COLUMN party_size integer NOT NULL DEFAULT 1 CHECK (party_size > 0);
