-- The items of one supplier, as stored.
SELECT supplier_sku, name, current_price, currency, quantity, source_row FROM millrace.sync_supplier_items WHERE supplier_id = :supplier
