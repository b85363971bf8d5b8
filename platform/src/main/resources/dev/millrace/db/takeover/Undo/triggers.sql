-- What removes the triggers of a table that call functions of ours.
SELECT format('DROP TRIGGER IF EXISTS %I ON public.%I', g.tgname, c.relname)
  FROM pg_trigger g
  JOIN pg_class c ON c.oid = g.tgrelid
  JOIN pg_proc p ON p.oid = g.tgfoid
 WHERE c.oid = to_regclass(format('public.%I', :name::text)) AND p.pronamespace = 'millrace'::regnamespace AND NOT g.tgisinternal
 ORDER BY g.tgname
