-- One row: how many items all suppliers have together.
SELECT count(*) FROM public.supplier_items
