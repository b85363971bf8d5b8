-- The items that the sheet does not have any more.
DELETE FROM public.supplier_items WHERE supplier_id = :supplier AND NOT (sku = ANY (:skus))
