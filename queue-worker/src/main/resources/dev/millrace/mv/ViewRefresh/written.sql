-- One row: what this session has written into the view and not yet reported, which it does between transactions only.
-- The difference of two looks in one transaction is what it wrote between them; 0 when statistics are off.
SELECT pg_stat_get_xact_tuples_inserted(:oid::oid) AS inserted, pg_stat_get_xact_tuples_deleted(:oid::oid) AS deleted
