-- Items of one supplier that its sheet does not have any more.
DELETE FROM public.supplier_items WHERE supplier_id = :supplier AND sku = ANY (:skus)
