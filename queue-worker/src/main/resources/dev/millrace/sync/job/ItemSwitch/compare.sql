-- The beginning of two statements: what the staging table and the items of a supplier differ in. Values are compared, not where they stand.
-- missing: items that no readable row has; kept: those that may be in a row that cannot be read.
WITH stored AS (
  SELECT supplier_sku, name, current_price, currency, quantity, vanished_at FROM millrace.sync_supplier_items WHERE supplier_id = :supplier
), staged AS (
  SELECT * FROM millrace.sync_staging_JOB WHERE problem IS NULL
), pairs AS MATERIALIZED (
  SELECT i.supplier_sku AS stored_sku, i.name AS stored_name, i.current_price AS stored_price, i.currency AS stored_currency,
         i.quantity AS stored_quantity, i.vanished_at, s.row_number, s.sku, s.name, s.current_price, s.currency, s.quantity
    FROM stored i
    FULL JOIN staged s ON s.sku = i.supplier_sku
   WHERE i.supplier_sku IS NULL OR s.sku IS NULL OR i.vanished_at IS NOT NULL
      OR (i.supplier_sku::text, i.name, i.current_price, i.currency, i.quantity)
         IS DISTINCT FROM (s.sku::text, s.name, s.current_price, s.currency, s.quantity)
), respelled AS MATERIALIZED (
  SELECT DISTINCT ON (n.sku) n.sku, o.stored_sku, o.stored_name, o.stored_price, o.stored_currency, o.stored_quantity, o.vanished_at
    FROM (SELECT * FROM pairs WHERE sku IS NULL) o
    JOIN (SELECT sku FROM pairs WHERE stored_sku IS NULL) n ON upper(n.sku::text) = upper(o.stored_sku::text)
   ORDER BY n.sku, o.vanished_at NULLS FIRST, o.stored_sku
), missing AS MATERIALIZED (
  SELECT p.stored_sku,
         EXISTS (SELECT FROM millrace.sync_staging_JOB WHERE maybe_item)
         OR upper(p.stored_sku::text) IN (SELECT upper(unread_sku) FROM millrace.sync_staging_JOB WHERE unread_sku IS NOT NULL) AS kept
    FROM pairs p
   WHERE p.sku IS NULL AND p.vanished_at IS NULL AND NOT EXISTS (SELECT FROM respelled r WHERE r.stored_sku = p.stored_sku)
), differing AS (
  SELECT CASE WHEN coalesce(p.stored_sku, r.stored_sku) IS NULL OR coalesce(p.vanished_at, r.vanished_at) IS NOT NULL
              THEN 'inserted' ELSE 'changed' END AS change,
         coalesce(p.stored_sku, r.stored_sku) AS old_sku, coalesce(p.stored_name, r.stored_name) AS old_name,
         coalesce(p.stored_price, r.stored_price) AS old_price, coalesce(p.stored_currency, r.stored_currency) AS old_currency,
         coalesce(p.stored_quantity, r.stored_quantity) AS old_quantity, p.row_number, p.sku, p.name, p.current_price, p.currency, p.quantity
    FROM pairs p
    LEFT JOIN respelled r ON r.sku = p.sku AND p.stored_sku IS NULL
   WHERE p.sku IS NOT NULL
), counts AS MATERIALIZED (
  SELECT (SELECT count(*) FROM stored WHERE vanished_at IS NULL) AS before, (SELECT count(*) FROM staged) AS items,
         (SELECT count(*) FROM differing WHERE change = 'inserted') AS inserted, (SELECT count(*) FROM differing WHERE change = 'changed') AS changed,
         (SELECT count(*) FROM missing) AS lost, (SELECT count(*) FROM missing WHERE kept) AS kept,
         (SELECT count(*) FROM millrace.sync_staging_JOB WHERE problem IS NOT NULL) AS rejected,
         (SELECT row_number || ': ' || reason FROM millrace.sync_staging_JOB WHERE problem IS NOT NULL ORDER BY row_number LIMIT 1) AS first_problem
), guard AS MATERIALIZED (
  SELECT items > 0 AND (:accepted OR lost * 100 <= before * :percent) AS passed FROM counts
)
