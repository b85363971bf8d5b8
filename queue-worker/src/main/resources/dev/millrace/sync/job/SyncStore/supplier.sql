-- One supplier whose sheet is known. read_as: what its items depend on beside the sheet; the number in it is raised when the same sheet gives
-- other items than before.
SELECT coalesce(s.code, s.name) AS code, s.name, s.sheet_url, s.currency, m.mapping::text AS mapping,
       encode(sha256(convert_to(concat_ws(chr(10), '1', s.sheet_url, coalesce(s.currency, '-'), m.mapping::text), 'UTF8')), 'hex') AS read_as
  FROM millrace.sync_suppliers s
  LEFT JOIN millrace.sync_mappings m ON m.supplier_id = s.id::text
 WHERE s.id = :id AND s.sheet_url IS NOT NULL
