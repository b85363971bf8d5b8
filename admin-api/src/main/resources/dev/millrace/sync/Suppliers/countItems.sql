-- How many items each of some suppliers has that are in its sheet: one row for each. A supplier has as many as a sheet has rows.
SELECT s.id::text AS id, (SELECT count(*) FROM millrace.sync_supplier_items i WHERE i.supplier_id = s.id AND i.vanished_at IS NULL) AS items
  FROM millrace.sync_suppliers s
 WHERE s.id::text = ANY (:ids)
