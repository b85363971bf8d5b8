-- The items of one supplier, as stored.
SELECT sku, name, price, currency, quantity, source_row FROM public.supplier_items WHERE supplier_id = :supplier
