-- One row: the enabled suppliers by what their newest log line says; those never synced are neither.
SELECT count(*) FILTER (WHERE newest.error_type = 'SUCCESS') AS ok,
       count(*) FILTER (WHERE newest.error_type <> 'SUCCESS') AS failed
  FROM millrace.sync_suppliers s
 CROSS JOIN LATERAL (
   SELECT error_type FROM millrace.sync_parsing_logs l WHERE l.supplier_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) newest
 WHERE s.enabled
