-- A customer's code goes to their email or to their phone: what it is sent to is an address, whichever of the two.
ALTER TABLE one_time_codes RENAME COLUMN email TO address;
