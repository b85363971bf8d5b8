-- New and changed items of one supplier's sheet; the caller has left out those that have not changed.
INSERT INTO public.supplier_items (supplier_id, sku, name, price, currency, quantity, source_row, job_id)
SELECT :supplier, sku, name, price, currency, quantity, source_row, :job
  FROM unnest(:skus, :names, :prices, :currencies, :quantities, :rows)
       AS item (sku, name, price, currency, quantity, source_row)
ON CONFLICT (supplier_id, sku) DO UPDATE
  SET name = excluded.name, price = excluded.price, currency = excluded.currency, quantity = excluded.quantity,
      source_row = excluded.source_row, job_id = excluded.job_id, updated_at = clock_timestamp()
