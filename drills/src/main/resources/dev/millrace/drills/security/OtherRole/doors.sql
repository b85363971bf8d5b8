-- A statement for each table, view, sequence and function of ours, but the two functions that everybody of the drill may call.
SELECT 'SELECT FROM millrace.' || quote_ident(c.relname)
  FROM pg_class c
 WHERE c.relnamespace = 'millrace'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL
SELECT format('SELECT millrace.%I(%s)', p.proname,
         -- Not a bare NULL, for which a strict function is not even looked at.
         (SELECT string_agg(format('%s(SELECT NULL::%I.%I)', CASE WHEN p.provariadic <> 0 AND t.place = p.pronargs THEN 'VARIADIC ' END,
                                   n.nspname, y.typname), ', ' ORDER BY t.place)
            FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t (type, place)
            JOIN pg_type y ON y.oid = t.type JOIN pg_namespace n ON n.oid = y.typnamespace))
  FROM pg_proc p
 WHERE p.pronamespace = 'millrace'::regnamespace AND p.prorettype <> 'trigger'::regtype AND p.proname NOT IN ('enqueue', 'request_refresh')
