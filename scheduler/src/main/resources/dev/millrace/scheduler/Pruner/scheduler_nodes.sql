-- Nodes that have not been heard of for long.
DELETE FROM millrace.scheduler_nodes
 WHERE node IN (
   SELECT node FROM millrace.scheduler_nodes
    WHERE checked_in_at < clock_timestamp() - :keepSeconds * interval '1 second'
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
