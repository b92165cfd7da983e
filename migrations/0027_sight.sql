-- What somebody sees who sees not everything: keys bound to a person or to places, and whose customer somebody is.

ALTER TABLE api_keys
  ADD COLUMN staff_id uuid,                                          -- sees what is assigned to them alone
  ADD COLUMN location_ids uuid[] CHECK (cardinality(location_ids) BETWEEN 1 AND 100),  -- null: everywhere
  ADD CONSTRAINT api_keys_of_staff FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id),
  -- Whoever is bound leads nothing: what admins may do reaches beyond one person and one place.
  ADD CONSTRAINT api_keys_bound_work CHECK (role = 'member' OR (staff_id IS NULL AND location_ids IS NULL));

-- Who has just put a customer in must find them to book for them, assigned or not.
ALTER TABLE customers
  ADD COLUMN created_by uuid,
  ADD CONSTRAINT customers_created_by FOREIGN KEY (workspace_id, created_by) REFERENCES members (workspace_id, id);
