-- This node lives, and what is wrong with it. One row.
INSERT INTO millrace.scheduler_nodes AS n (node, host, pid, clock_skew_ms, troubles)
VALUES (:node, :host, :pid, :skewMillis, :troubles)
ON CONFLICT (node) DO UPDATE
   SET checked_in_at = clock_timestamp(), clock_skew_ms = excluded.clock_skew_ms, troubles = excluded.troubles
