-- One supplier whose sheet is known.
SELECT coalesce(code, name) AS code, name, sheet_url, currency FROM millrace.sync_suppliers WHERE id = :id AND sheet_url IS NOT NULL
