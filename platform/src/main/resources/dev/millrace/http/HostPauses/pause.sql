-- One row, unless the server is paused for longer already.
INSERT INTO millrace.host_pauses (server, paused_until)
VALUES (:server, clock_timestamp() + :millis * interval '1 millisecond')
ON CONFLICT (server) DO UPDATE SET paused_until = excluded.paused_until
  WHERE host_pauses.paused_until < excluded.paused_until
