-- New and changed items of one supplier's sheet; the caller has left out those that have not changed.
INSERT INTO millrace.sync_supplier_items (supplier_id, supplier_sku, name, current_price, currency, quantity, source_row, job_id, updated_at)
SELECT s.id, sku, item.name, price, item.currency, quantity, source_row, :job, clock_timestamp()
  FROM millrace.sync_suppliers s
 CROSS JOIN unnest(:skus, :names, :prices, :currencies, :quantities, :rows)
            AS item (sku, name, price, currency, quantity, source_row)
 WHERE s.id = :supplier
ON CONFLICT (supplier_id, supplier_sku) DO UPDATE
  SET name = excluded.name, current_price = excluded.current_price, currency = excluded.currency, quantity = excluded.quantity,
      source_row = excluded.source_row, job_id = excluded.job_id, updated_at = excluded.updated_at
