-- The tables whose changes ask for a view, and why those of one would not be seen. A table that is gone shows as it was last called.
SELECT CASE WHEN c.oid IS NULL THEN coalesce(w.source_name, w.source::oid::text) ELSE millrace.written_relation(w.source) END AS source,
       w.method, w.columns, millrace.watch_fault(w) AS fault
  FROM millrace.mv_watches w
  LEFT JOIN pg_class c ON c.oid = w.source
 WHERE w.view_name = :name
 ORDER BY 1
