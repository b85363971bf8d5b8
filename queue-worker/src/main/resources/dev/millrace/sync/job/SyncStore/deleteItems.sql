-- Items of one supplier that its sheet no longer has.
DELETE FROM public.supplier_items WHERE supplier_id = :supplier AND sku = ANY (:skus)
