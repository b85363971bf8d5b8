-- Items of one supplier that its sheet no longer has.
DELETE FROM millrace.sync_supplier_items WHERE supplier_id = :supplier AND supplier_sku = ANY (:skus)
