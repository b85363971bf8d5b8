-- How many items each supplier that has any has.
SELECT supplier_id, count(*) AS items FROM public.supplier_items GROUP BY supplier_id
