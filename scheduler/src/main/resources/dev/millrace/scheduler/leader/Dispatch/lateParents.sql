-- Parents whose whole time is over and whose family was not yet asked to stop.
SELECT id
  FROM millrace.jobs
 WHERE state = 'waiting' AND finish_by <= clock_timestamp() AND cancel_requested_at IS NULL
 ORDER BY finish_by
 LIMIT :most
