-- Of next runs that have passed, those whose slot has been settled all the same: the fire could not write into the row.
SELECT passed.worker_name
  FROM unnest(:names::text[], :slots::timestamptz[]) AS passed (worker_name, slot)
  JOIN millrace.fires f ON f.schedule = passed.worker_name AND f.fire_time = passed.slot
