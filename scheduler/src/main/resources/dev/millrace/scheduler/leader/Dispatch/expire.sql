-- Jobs that are too late fail, with the last of their unfinished children. Answers with those that have finished.
WITH failed AS (
  UPDATE millrace.jobs
     SET state = CASE WHEN children_left > 0 THEN 'waiting' ELSE 'failed' END,
         end_state = 'failed',
         finished_at = CASE WHEN children_left = 0 THEN clock_timestamp() END,
         error = CASE WHEN finish_by <= clock_timestamp() THEN 'not finished by ' || to_json(finish_by)::text
                      ELSE 'not started by ' || to_json(start_by)::text END
                 || coalesce('; its last error: ' || error, '')
   WHERE id = ANY (:ids)
  RETURNING id, finished_at
)
SELECT id FROM failed WHERE finished_at IS NOT NULL
