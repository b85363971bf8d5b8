-- The names of a table's constraints.
SELECT conname::text FROM pg_constraint WHERE conrelid = to_regclass(format('public.%I', :name::text)) ORDER BY 1
