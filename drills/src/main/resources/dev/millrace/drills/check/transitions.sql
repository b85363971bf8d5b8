-- Changes of a job that the protocol does not know.
SELECT 'job ' || job_id || ' went from ' || coalesce(old_state, 'nothing') || ' (fence ' || coalesce(old_fence, 0) || ') to ' || state
       || ' (fence ' || fence || ')'
  FROM drill.history
 WHERE (coalesce(old_state, ''), state) NOT IN (
         ('', 'queued'), ('', 'scheduled'), ('scheduled', 'queued'), ('queued', 'processing'), ('queued', 'cancelled'),
         ('processing', 'completed'), ('processing', 'failed'), ('processing', 'cancelled'),
         ('processing', 'queued'), ('processing', 'scheduled'), ('processing', 'waiting'),
         ('', 'waiting'), ('waiting', 'completed'), ('waiting', 'failed'))
    OR (state = 'processing' AND fence <= coalesce(old_fence, 0))
    OR (state <> 'processing' AND fence <> coalesce(old_fence, 0))
 ORDER BY seq
