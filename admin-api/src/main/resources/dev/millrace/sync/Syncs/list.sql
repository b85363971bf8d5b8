-- Syncs of the master sheet below an id, newest first, however they were enqueued, each with the sums over the jobs of its suppliers.
SELECT j.id, j.state, j.trigger, j.worker_id, coalesce(j.payload @> '{"dry_run": true}', false) AS dry_run,
       coalesce(j.payload @> '{"only_failed": true}', false) AS only_failed, j.created_at, j.started_at, j.finished_at,
       (extract(epoch FROM j.finished_at - j.started_at) * 1000)::bigint AS duration_ms, left(j.error, 2000) AS error,
       jsonb_path_query_first(j.result, '$.suppliers ? (@.type() == "number")')::bigint AS suppliers,
       jsonb_path_query_first(j.result, '$.problems ? (@.type() == "number")')::bigint AS problems,
       c.total, c.succeeded, c.failed, c.unfinished, c.items, c.inserted, c.changed, c.vanished, c.unchanged, c.rejected
  FROM (SELECT * FROM millrace.jobs
         WHERE kind = 'sync.master' AND id < :before AND id > :after
         ORDER BY id DESC
         LIMIT :most) j
 CROSS JOIN LATERAL (
   SELECT count(*) AS total, count(*) FILTER (WHERE ok) AS succeeded, count(*) FILTER (WHERE finished_at IS NOT NULL AND NOT ok) AS failed,
          count(*) FILTER (WHERE finished_at IS NULL) AS unfinished,
          sum(jsonb_path_query_first(result, '$.items ? (@.type() == "number")')::bigint)::bigint AS items,
          sum(jsonb_path_query_first(result, '$.inserted ? (@.type() == "number")')::bigint)::bigint AS inserted,
          sum(jsonb_path_query_first(result, '$.changed ? (@.type() == "number")')::bigint)::bigint AS changed,
          sum(jsonb_path_query_first(result, '$.vanished ? (@.type() == "number")')::bigint)::bigint AS vanished,
          sum(jsonb_path_query_first(result, '$.unchanged ? (@.type() == "number")')::bigint)::bigint AS unchanged,
          sum(jsonb_path_query_first(result, '$.rejected ? (@.type() == "number")')::bigint)::bigint AS rejected
     FROM (SELECT result, finished_at, coalesce(state = 'completed' AND result->>'outcome' = 'SUCCESS', false) AS ok
             FROM millrace.jobs WHERE parent_id = j.id) child) c
 ORDER BY j.id DESC
