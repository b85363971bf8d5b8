-- One row per supplier of the master sheet, in its order.
INSERT INTO public.suppliers (code, name, sheet_url, currency, enabled)
SELECT code, name, sheet_url, currency, enabled
  FROM unnest(:codes, :names, :urls, :currencies, :enabled) WITH ORDINALITY AS s (code, name, sheet_url, currency, enabled, n)
 ORDER BY code
ON CONFLICT (code) DO UPDATE
  SET name = excluded.name, sheet_url = excluded.sheet_url, currency = excluded.currency, enabled = excluded.enabled,
      updated_at = clock_timestamp()
RETURNING id, enabled
