-- Whether no scheduler node is there, and when one checked in last: one row.
SELECT NOT EXISTS (SELECT FROM millrace.scheduler_nodes WHERE checked_in_at > clock_timestamp() - interval '15 seconds')
       AND NOT EXISTS (SELECT FROM millrace.leader WHERE lease_until > clock_timestamp() - interval '15 seconds') AS absent,
       (SELECT max(checked_in_at) FROM millrace.scheduler_nodes) AS last_check_in
