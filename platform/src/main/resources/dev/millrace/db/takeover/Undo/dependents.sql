-- Views and tables outside the schema millrace that would be dropped with it, except documented views of ours.
SELECT DISTINCT format('%s %I.%I', CASE c.relkind WHEN 'm' THEN 'materialized view' WHEN 'v' THEN 'view' ELSE 'table' END, n.nspname, c.relname)
  FROM pg_depend d
  JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
  JOIN pg_class c ON c.oid = w.ev_class
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class r ON d.refclassid = 'pg_class'::regclass AND r.oid = d.refobjid
  LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
 WHERE n.nspname <> 'millrace' AND 'millrace'::regnamespace IN (r.relnamespace, p.pronamespace)
   AND NOT (n.nspname = 'public' AND c.relname = 'background_job_status')
 ORDER BY 1
