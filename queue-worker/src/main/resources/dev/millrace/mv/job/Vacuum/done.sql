-- The view has been vacuumed. Rows that a refresh has deleted meanwhile are counted after the next refresh.
UPDATE millrace.mv_state
   SET dead_rows = 0, vacuumed_at = clock_timestamp(), bytes = pg_total_relation_size(:oid::oid)
 WHERE view_name = :name
