-- The column mapping of a supplier, {} if nothing is set: one row, or none if there is no such supplier.
SELECT coalesce(m.mapping::jsonb, '{}')::text AS mapping,
       CASE WHEN m.of_master THEN 'master_sheet' WHEN NOT m.of_master THEN 'admin' END AS set_by, m.updated_at
  FROM millrace.sync_suppliers s
  LEFT JOIN millrace.sync_mappings m ON m.supplier_id = s.id::text
 WHERE s.id::text = :id
