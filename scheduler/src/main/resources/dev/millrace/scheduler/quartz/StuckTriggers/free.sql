-- Triggers past their time that are reserved, blocked or in error while no node has a fire of theirs.
UPDATE millrace.qrtz_triggers t SET trigger_state = 'WAITING'
 WHERE t.sched_name = :cluster
   AND t.trigger_state IN ('ACQUIRED', 'BLOCKED', 'ERROR')
   AND t.next_fire_time < extract(epoch FROM clock_timestamp()) * 1000 - :afterMillis
   AND NOT EXISTS (
     SELECT 1 FROM millrace.qrtz_fired_triggers f
      WHERE f.sched_name = t.sched_name AND f.trigger_name = t.trigger_name AND f.trigger_group = t.trigger_group)
RETURNING t.trigger_name
