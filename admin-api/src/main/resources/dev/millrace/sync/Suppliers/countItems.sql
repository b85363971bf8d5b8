-- How many items each of some suppliers has: one row for each. A supplier has as many as a sheet has rows.
SELECT s.id, (SELECT count(*) FROM public.supplier_items i WHERE i.supplier_id = s.id) AS items FROM unnest(:ids) AS s (id)
