-- Jobs of workers whose lease has ended lately: the other workers' index entries are not read.
SELECT id FROM millrace.jobs
 WHERE state = 'processing' AND worker_id = ANY (ARRAY(
   SELECT w.worker_id FROM millrace.queue_workers w
    WHERE w.lease_until <= clock_timestamp() AND w.lease_until > clock_timestamp() - interval '5 minutes'))
 LIMIT ?
