-- One supplier.
SELECT code, name, sheet_url, currency FROM public.suppliers WHERE id = :id
