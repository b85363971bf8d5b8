-- One background worker with the schedule of a profile; none when there is no such row or its version is another.
SELECT millrace.apply_schedule_profile(:profile, b.worker_name)
  FROM (SELECT worker_name FROM public.background_workers
         WHERE worker_name = :workerName AND (:version::bigint IS NULL OR version = :version::bigint)
           FOR UPDATE) b
