-- The mappings that the master sheet sets, and none of those that it set before; one that an admin has set stays. Unchanged ones are not written.
WITH said AS (
  SELECT * FROM unnest(:ids, :mappings) AS said(supplier_id, mapping)
), gone AS (
  DELETE FROM millrace.sync_mappings WHERE of_master AND supplier_id NOT IN (SELECT supplier_id FROM said)
)
INSERT INTO millrace.sync_mappings AS m (supplier_id, mapping, of_master)
SELECT supplier_id, mapping::jsonb, true FROM said
ON CONFLICT (supplier_id) DO UPDATE SET mapping = excluded.mapping, updated_at = clock_timestamp()
 WHERE m.of_master AND m.mapping IS DISTINCT FROM excluded.mapping
