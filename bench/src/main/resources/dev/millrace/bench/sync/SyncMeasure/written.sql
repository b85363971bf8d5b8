-- How many rows of items were inserted, updated and deleted: one row.
SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'supplier_items'
