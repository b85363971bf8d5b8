-- Rows of the staging table that repeat the SKU of an earlier row that can be read, without case: they become problems.
WITH repeated AS MATERIALIZED (
  SELECT upper(sku::text) AS key FROM millrace.sync_staging_JOB WHERE problem IS NULL GROUP BY 1 HAVING count(*) > 1
), ranked AS (
  SELECT t.ctid AS place, row_number() OVER k AS n, first_value(t.row_number) OVER k AS first_row,
         (t.name, t.current_price, t.currency, t.quantity)
           IS NOT DISTINCT FROM (first_value(t.name) OVER k, first_value(t.current_price) OVER k, first_value(t.currency) OVER k,
                                 first_value(t.quantity) OVER k) AS same
    FROM millrace.sync_staging_JOB t
    JOIN repeated r ON r.key = upper(t.sku::text)
   WHERE t.problem IS NULL
  WINDOW k AS (PARTITION BY upper(t.sku::text) ORDER BY t.row_number)
)
UPDATE millrace.sync_staging_JOB t
   SET problem = 'DUPLICATE_ROW', code = 'DUPLICATE_KEY', column_name = 'SKU', cell_value = t.sku::text,
       reason = format('repeats "%s%s" of row %s', left(t.sku::text, 40), CASE WHEN length(t.sku::text) > 40 THEN '…' ELSE '' END, r.first_row)
                || CASE WHEN r.same THEN '' ELSE format(' with other values; row %s counts', r.first_row) END
  FROM ranked r
 WHERE r.n > 1 AND t.ctid = r.place
