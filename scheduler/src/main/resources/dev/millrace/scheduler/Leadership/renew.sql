-- One row: this node holds the lease, from now. None: another does.
INSERT INTO millrace.leader AS l (node, lease_until)
VALUES (:node, clock_timestamp() + :leaseMillis * interval '1 millisecond')
ON CONFLICT (singleton) DO UPDATE
   SET node = excluded.node, lease_until = excluded.lease_until,
       since = CASE WHEN l.node = excluded.node THEN l.since ELSE clock_timestamp() END
 WHERE l.node = excluded.node OR l.lease_until <= clock_timestamp()
