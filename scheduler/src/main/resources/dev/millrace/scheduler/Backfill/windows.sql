-- Per background worker the stretch of time in which a slot without a fire was missed: since its last change.
SELECT worker_name,
       greatest(updated_at, clock_timestamp() - :lookBackMillis * interval '1 millisecond') AS after,
       clock_timestamp() - :missedAfterMillis * interval '1 millisecond' AS up_to
  FROM public.background_workers
 WHERE kind IS NOT NULL
