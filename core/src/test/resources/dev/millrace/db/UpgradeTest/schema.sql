-- One line for each thing of the schema, with all that defines it.
WITH ours AS (
  SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
)
SELECT format('relation %s.%s: %s %s %s %s', nspname, relname, relkind, relpersistence, reloptions, relacl)
  FROM pg_class JOIN ours ON ours.oid = relnamespace
 UNION ALL
SELECT format('column %s of %s.%s: %s %s %s %s %s %s %s', attname, nspname, relname,
              row_number() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod), attnotnull, attidentity,
              attgenerated, attislocal, pg_get_expr(adbin, adrelid))
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN ours ON ours.oid = relnamespace
  LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
 WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'i'
 UNION ALL
SELECT format('constraint %s of %s %s: %s %s %s', conname, conrelid::regclass, contypid::regtype, pg_get_constraintdef(k.oid),
              coninhcount, conislocal)
  FROM pg_constraint k JOIN ours ON ours.oid = connamespace
 UNION ALL
SELECT format('index %s', pg_get_indexdef(indexrelid))
  FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN ours ON ours.oid = relnamespace
 UNION ALL
SELECT format('view %s.%s: %s', nspname, relname, pg_get_viewdef(c.oid))
  FROM pg_class c JOIN ours ON ours.oid = relnamespace
 WHERE relkind IN ('v', 'm')
 UNION ALL
SELECT format('sequence %s of %s: %s %s %s %s', s.seqrelid::regclass, refobjid::regclass, seqstart, seqincrement, seqcache, seqcycle)
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN ours ON ours.oid = relnamespace
  LEFT JOIN pg_depend ON (classid, objid, deptype) IN (('pg_class'::regclass, c.oid, 'a'), ('pg_class'::regclass, c.oid, 'i'))
 UNION ALL
SELECT format('function %s %s', pg_get_functiondef(p.oid), proacl)
  FROM pg_proc p JOIN ours ON ours.oid = pronamespace
 UNION ALL
SELECT format('trigger %s %s', pg_get_triggerdef(t.oid), tgenabled)
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN ours ON ours.oid = relnamespace
 WHERE NOT tgisinternal
 UNION ALL
SELECT format('type %s.%s: %s %s %s %s', nspname, typname, typtype, format_type(typbasetype, typtypmod), typnotnull, typdefault)
  FROM pg_type JOIN ours ON ours.oid = typnamespace
 ORDER BY 1
