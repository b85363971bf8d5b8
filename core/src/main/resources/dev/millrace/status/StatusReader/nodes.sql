-- The scheduler nodes as Quartz keeps them; one is missing when it has not checked in for two of its intervals and a bit.
SELECT instance_name AS node, to_timestamp(last_checkin_time / 1000.0) AS last_checkin_at,
       to_timestamp((last_checkin_time + 2 * checkin_interval) / 1000.0) < clock_timestamp() - interval '5 s' AS missing
  FROM millrace.qrtz_scheduler_state
 ORDER BY instance_name
