-- One row: what this session has inserted, updated and deleted and not told the statistics yet, temporary tables left out.
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
  FROM pg_stat_xact_user_tables
 WHERE schemaname <> 'millrace' AND schemaname NOT LIKE 'pg\_temp%'
