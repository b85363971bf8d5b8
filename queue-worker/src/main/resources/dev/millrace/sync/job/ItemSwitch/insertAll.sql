-- The first sheet of a supplier that has no items: all rows of the staging table become items, without a comparison. One row: the counts.
WITH counts AS MATERIALIZED (
  SELECT count(*) FILTER (WHERE problem IS NULL) AS items, count(*) FILTER (WHERE problem IS NOT NULL) AS rejected FROM millrace.sync_staging_JOB
), inserted AS (
  INSERT INTO millrace.sync_supplier_items (supplier_id, supplier_sku, name, current_price, currency, quantity, source_row, job_id, updated_at)
  SELECT s.id, t.sku, t.name, t.current_price, t.currency, t.quantity, t.row_number, :job, clock_timestamp()
    FROM millrace.sync_staging_JOB t
   CROSS JOIN (SELECT id FROM millrace.sync_suppliers WHERE id = :supplier) s
   WHERE t.problem IS NULL
)
SELECT 0 AS before, items, items AS inserted, 0 AS changed, 0 AS lost, 0 AS kept, rejected, items > 0 AS passed, NULL::text AS differences,
       (SELECT row_number || ': ' || reason FROM millrace.sync_staging_JOB WHERE problem IS NOT NULL ORDER BY row_number LIMIT 1) AS first_problem
  FROM counts
