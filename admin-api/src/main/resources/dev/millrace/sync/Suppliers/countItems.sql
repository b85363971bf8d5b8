-- How many items each of some suppliers has: one row for each. A supplier has as many as a sheet has rows.
SELECT s.id::text AS id, (SELECT count(*) FROM millrace.sync_supplier_items i WHERE i.supplier_id = s.id) AS items
  FROM millrace.sync_suppliers s
 WHERE s.id::text = ANY (:ids)
