-- A crash of the server counts as a change of every table that is watched by counter.

-- What a table's statistics say, partitions included, as one text: another text, another state. A statistics reset, a start of the server
-- and a crash count as a change, and so does a new file (TRUNCATE). After the crash of a session the server goes on under its old start
-- time, without its statistics; those of the background writer then say since when.
CREATE OR REPLACE FUNCTION millrace.change_mark(source oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(' ',
           sum(pg_stat_get_tuples_inserted(part) + pg_stat_get_tuples_updated(part) + pg_stat_get_tuples_deleted(part)),
           string_agg(pg_relation_filenode(part)::text, ',' ORDER BY part),
           extract(epoch FROM pg_postmaster_start_time()),
           extract(epoch FROM pg_stat_get_db_stat_reset_time((SELECT oid FROM pg_database WHERE datname = current_database()))),
           extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()))
    FROM (SELECT source AS part
           WHERE NOT EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = source)
           UNION ALL
          SELECT tree.relid FROM pg_partition_tree(source) tree WHERE tree.isleaf AND tree.relid <> source) parts
$$;
