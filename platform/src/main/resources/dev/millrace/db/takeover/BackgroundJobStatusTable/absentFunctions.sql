-- The functions of the documented list that this database does not have: a stats job runs those that exist.
DELETE FROM millrace.stats_functions f
 WHERE f.group_name = 'stats' AND f.registered_as IS NULL AND to_regprocedure('public.' || quote_ident(f.function_name) || '()') IS NULL
