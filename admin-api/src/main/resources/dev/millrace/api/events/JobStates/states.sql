-- The jobs :ids that there are, each as JSON with the names that the status has.
SELECT json_build_object('id', id::text, 'kind', kind, 'queue', queue, 'state', state, 'attempt', attempt, 'max_attempts', max_attempts,
                         'background_worker', background_worker, 'parent_id', parent_id::text, 'trigger', trigger)::text AS job
  FROM millrace.jobs
 WHERE id = ANY (:ids)
