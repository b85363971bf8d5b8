-- Jobs by state: one row for each, with whether there are more. Each branch walks one partial index and stops after
-- :most rows; completed and cancelled jobs are counted among the newest :most finished ones.
SELECT 'scheduled', count(*), count(*) = :most
  FROM (SELECT 1 FROM millrace.jobs WHERE state = 'scheduled' ORDER BY run_at LIMIT :most) few
UNION ALL
SELECT 'queued', count(*), count(*) = :most
  FROM (SELECT 1 FROM millrace.jobs WHERE state = 'queued' ORDER BY queue, kind, rank LIMIT :most) few
UNION ALL
SELECT 'processing', count(*), count(*) = :most
  FROM (SELECT 1 FROM millrace.jobs WHERE state = 'processing' AND worker_id IS NOT NULL ORDER BY worker_id LIMIT :most) few
UNION ALL
SELECT 'waiting', count(*), count(*) = :most
  FROM (SELECT 1 FROM millrace.jobs WHERE state = 'waiting' ORDER BY id LIMIT :most) few
UNION ALL
SELECT 'failed', count(*), count(*) = :most
  FROM (SELECT 1 FROM millrace.jobs WHERE state = 'failed' ORDER BY id LIMIT :most) few
UNION ALL
SELECT ended.state, count(*) FILTER (WHERE newest.state = ended.state), count(*) = :most
  FROM (VALUES ('completed'), ('cancelled')) ended (state)
  LEFT JOIN (
    SELECT state FROM millrace.jobs WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT :most) newest ON true
 GROUP BY ended.state
