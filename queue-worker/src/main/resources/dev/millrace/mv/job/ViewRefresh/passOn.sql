-- Requests at once the registered views that read this one, or one of those that a function covers.
WITH target (name) AS (
  VALUES (?::text)
)
INSERT INTO millrace.mv_requests (view_name, at_once)
SELECT DISTINCT e.downstream, true
  FROM target
 CROSS JOIN millrace.mv_edges e
  JOIN millrace.mv_views v ON v.view_name = e.downstream AND v.enabled
 WHERE e.distance = 1
   AND (e.upstream = target.name OR e.upstream = ANY (SELECT unnest(f.covers) FROM millrace.mv_views f WHERE f.view_name = target.name))
   AND NOT EXISTS (SELECT FROM millrace.mv_views f WHERE f.view_name = target.name AND e.downstream = ANY (f.covers))
