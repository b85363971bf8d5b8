-- One row: whether this node leads, from now. The lease is taken or renewed, unless another has it. While a session that is not a
-- scheduler holds the row, no node can take it: then the node it names goes on, and one that finds a lease that ended longer ago than
-- any node leaves it alone leads as well. Two leaders for a moment harm nothing.
WITH free AS MATERIALIZED (
  SELECT singleton FROM millrace.leader WHERE node = :node OR lease_until <= clock_timestamp() FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE millrace.leader l
     SET node = :node, lease_until = clock_timestamp() + :leaseMillis * interval '1 millisecond',
         since = CASE WHEN l.node = :node THEN l.since ELSE clock_timestamp() END
    FROM free
   WHERE l.singleton = free.singleton
  RETURNING 1
), first AS (
  INSERT INTO millrace.leader (node, lease_until)
  SELECT :node, clock_timestamp() + :leaseMillis * interval '1 millisecond'
   WHERE NOT EXISTS (SELECT FROM millrace.leader)
      ON CONFLICT DO NOTHING
  RETURNING 1)
SELECT EXISTS (SELECT FROM taken) OR EXISTS (SELECT FROM first) OR EXISTS (
         SELECT FROM millrace.leader
          WHERE node = :node OR lease_until <= clock_timestamp() - :leaseMillis * interval '1 millisecond')
