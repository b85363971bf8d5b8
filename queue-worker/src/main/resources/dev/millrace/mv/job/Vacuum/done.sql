-- The view has been vacuumed. What a refresh has deleted meanwhile is counted again with the next.
UPDATE millrace.mv_state
   SET dead_rows = 0, vacuumed_at = clock_timestamp(), bytes = pg_total_relation_size(:oid::oid)
 WHERE view_name = :name
