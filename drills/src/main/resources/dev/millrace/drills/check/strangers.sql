-- Jobs recorded as completed by another worker than the one that had claimed them; a parent ends with its last child, whichever worker ran that.
SELECT 'job ' || done.job_id || ' was claimed under fence ' || done.fence || ' by ' || claimed.by || ' and completed by ' || done.by
  FROM drill.history done
  JOIN drill.history claimed
    ON claimed.job_id = done.job_id AND claimed.fence = done.fence AND claimed.state = 'processing'
 WHERE done.state = 'completed' AND done.old_state = 'processing' AND done.by <> claimed.by
 ORDER BY done.seq
