-- One row: the rows that this session has inserted, updated and deleted and not yet reported to the statistics, without temporary tables.
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
  FROM pg_stat_xact_user_tables
 WHERE schemaname <> 'millrace' AND schemaname NOT LIKE 'pg\_temp%'
