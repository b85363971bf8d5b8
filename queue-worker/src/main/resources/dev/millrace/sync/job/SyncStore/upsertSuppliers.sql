-- One row per supplier of the master sheet; a supplier that has not changed is not written.
WITH given AS (
  SELECT code, name, sheet_url, currency, enabled
    FROM unnest(:codes, :names, :urls, :currencies, :enabled) AS s (code, name, sheet_url, currency, enabled)
), written AS (
  INSERT INTO public.suppliers (code, name, sheet_url, currency, enabled)
  SELECT code, name, sheet_url, currency, enabled
    FROM given
   WHERE NOT EXISTS (
     SELECT FROM public.suppliers s
      WHERE s.code = given.code
        AND (s.name, s.sheet_url, s.currency, s.enabled)
            IS NOT DISTINCT FROM (given.name, given.sheet_url, given.currency, given.enabled))
   ORDER BY code
  ON CONFLICT (code) DO UPDATE
    SET name = excluded.name, sheet_url = excluded.sheet_url, currency = excluded.currency, enabled = excluded.enabled,
        updated_at = clock_timestamp()
  RETURNING id, code, enabled
)
SELECT id, enabled FROM written
UNION ALL
SELECT s.id, s.enabled
  FROM public.suppliers s JOIN given ON given.code = s.code
 WHERE NOT EXISTS (SELECT FROM written WHERE written.code = s.code)
