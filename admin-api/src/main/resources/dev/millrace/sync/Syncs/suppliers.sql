-- The jobs of a sync's suppliers above an id, oldest first, each with the result that it recorded.
SELECT c.id, c.state, c.payload->>'supplier_id' AS supplier_id, s.name AS supplier_name, c.started_at, c.finished_at,
       left(c.error, 2000) AS error, c.result::text AS result
  FROM (SELECT * FROM millrace.jobs WHERE parent_id = :sync AND id > :after ORDER BY id LIMIT :most) c
  LEFT JOIN millrace.sync_suppliers s ON s.id::text = c.payload->>'supplier_id'
 ORDER BY c.id
