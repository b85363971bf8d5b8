-- The jobs that a worker is said to be running beyond those it knows of, of its claims under a fence or a later one.
SELECT rank, fence, queue, kind, lock_key
  FROM millrace.jobs
 WHERE worker_id = ? AND state = 'processing' AND fence >= ? AND fence <> ALL (?)
