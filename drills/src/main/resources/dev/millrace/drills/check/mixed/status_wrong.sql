-- Jobs that the status showed in a state in which they were at no moment within a second of the read.
WITH spans AS (
  SELECT job_id, state, pg_xact_commit_timestamp(xid) AS since,
         lead(pg_xact_commit_timestamp(xid)) OVER (PARTITION BY job_id ORDER BY seq) AS until
    FROM drill.history
)
SELECT 'job ' || shown.job_id || ' was shown as ' || shown.state || ' at ' || r.as_of
  FROM drill.status_jobs shown
  JOIN drill.status_reads r ON r.seq = shown.read
 WHERE NOT EXISTS (
   SELECT FROM spans s
    WHERE s.job_id = shown.job_id AND s.state = shown.state
      AND s.since < r.as_of + interval '1 s' AND coalesce(s.until, 'infinity') > r.as_of - interval '1 s')
UNION ALL
SELECT 'batch ' || shown.job_id || ' was shown with ' || shown.total || ' children at ' || r.as_of || ', it has ' || count(c.id)
  FROM drill.status_jobs shown
  JOIN drill.status_reads r ON r.seq = shown.read
  JOIN millrace.jobs j ON j.id = shown.job_id AND j.kind = 'batch'
  JOIN millrace.jobs c ON c.parent_id = j.id
 WHERE shown.total IS NOT NULL
 GROUP BY shown.job_id, shown.total, r.as_of
HAVING count(c.id) <> shown.total
