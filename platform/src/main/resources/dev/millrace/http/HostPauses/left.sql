-- One row at most: the milliseconds for which the server is still paused.
SELECT ceil(extract(epoch FROM paused_until - clock_timestamp()) * 1000)::bigint
  FROM millrace.host_pauses
 WHERE server = :server AND paused_until > clock_timestamp()
