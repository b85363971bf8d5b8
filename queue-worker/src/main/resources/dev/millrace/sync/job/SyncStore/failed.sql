-- The suppliers whose newest log row is an error.
SELECT s.id::text
  FROM millrace.sync_suppliers s
 CROSS JOIN LATERAL (SELECT error_type FROM millrace.sync_parsing_logs l
                      WHERE l.supplier_id = s.id
                      ORDER BY created_at DESC, id DESC
                      LIMIT 1) newest
 WHERE newest.error_type::text <> 'SUCCESS'
