-- The relations that a view reads, nearest first.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
       CASE r.kind WHEN 'm' THEN 'materialized view' WHEN 'v' THEN 'view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
       r.distance, CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END AS row_estimate,
       pg_stat_get_live_tuples(c.oid) AS live_rows, pg_total_relation_size(c.oid) AS total_bytes,
       pg_size_pretty(pg_total_relation_size(c.oid)) AS size_pretty,
       greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) AS last_analyzed,
       ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid ORDER BY i.indexrelid) AS indexes,
       EXISTS (SELECT FROM millrace.mv_watches w WHERE w.source = c.oid AND w.view_name = :name) AS watched
  FROM millrace.reads(millrace.view_of(:name)) r
  JOIN pg_class c ON c.oid = r.relid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 ORDER BY r.distance, name
