-- The rest of compare.sql: makes the items of a supplier equal to the staging table, unless too many are missing. One row: the counts.
, changed AS (
  UPDATE millrace.sync_supplier_items i
     SET supplier_sku = d.sku, name = d.name, current_price = d.current_price, currency = d.currency, quantity = d.quantity,
         source_row = d.row_number, job_id = :job, updated_at = clock_timestamp(), vanished_at = NULL
    FROM differing d, guard g
   WHERE g.passed AND i.supplier_id = :supplier AND i.supplier_sku = d.old_sku
), vanished AS (
  UPDATE millrace.sync_supplier_items i SET vanished_at = clock_timestamp(), job_id = :job, updated_at = clock_timestamp()
    FROM missing m, guard g
   WHERE g.passed AND NOT :deletes AND NOT m.kept AND i.supplier_id = :supplier AND i.supplier_sku = m.stored_sku
), deleted AS (
  DELETE FROM millrace.sync_supplier_items i
   USING guard g
   WHERE g.passed AND :deletes AND i.supplier_id = :supplier
     AND (i.vanished_at IS NOT NULL AND i.supplier_sku IN (SELECT p.stored_sku FROM pairs p WHERE p.sku IS NULL)
          OR i.supplier_sku IN (SELECT m.stored_sku FROM missing m WHERE NOT m.kept))
), inserted AS (
  INSERT INTO millrace.sync_supplier_items (supplier_id, supplier_sku, name, current_price, currency, quantity, source_row, job_id, updated_at)
  SELECT s.id, d.sku, d.name, d.current_price, d.currency, d.quantity, d.row_number, :job, clock_timestamp()
    FROM differing d
   CROSS JOIN guard g
   CROSS JOIN (SELECT id FROM millrace.sync_suppliers WHERE id = :supplier) s
   WHERE g.passed AND d.old_sku IS NULL
  ON CONFLICT (supplier_id, supplier_sku) DO UPDATE
    SET name = excluded.name, current_price = excluded.current_price, currency = excluded.currency, quantity = excluded.quantity,
        source_row = excluded.source_row, job_id = excluded.job_id, updated_at = excluded.updated_at, vanished_at = NULL
)
SELECT c.*, g.passed, NULL::text AS differences FROM counts c CROSS JOIN guard g
