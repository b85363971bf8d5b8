-- The demo's factory: lots whose items go through processes, the two views over them, and the functions that refresh these.
-- Can be run again and again. How fresh the views are stands in millrace.mv_freshness, not in a column of theirs.

CREATE TABLE IF NOT EXISTS public.processes (
  id       integer PRIMARY KEY,
  name     text    NOT NULL UNIQUE,
  capacity integer NOT NULL CHECK (capacity > 0)
);

CREATE TABLE IF NOT EXISTS public.lots (
  id         integer PRIMARY KEY,
  lot_number text    NOT NULL UNIQUE,
  product    text    NOT NULL,
  target_qty integer NOT NULL CHECK (target_qty > 0),
  due_on     date    NOT NULL
);

CREATE TABLE IF NOT EXISTS public.wip_items (
  id         integer     PRIMARY KEY,
  lot_id     integer     NOT NULL REFERENCES public.lots (id),
  -- Where it waits or is worked on; null: through all of them.
  process_id integer     REFERENCES public.processes (id),
  status     text        NOT NULL CHECK (status IN ('waiting', 'in_progress', 'done', 'scrapped')),
  moved_at   timestamptz NOT NULL DEFAULT now(),
  CHECK ((process_id IS NULL) = (status = 'done'))
);
CREATE INDEX IF NOT EXISTS ix_wip_items_process ON public.wip_items (process_id, status);
CREATE INDEX IF NOT EXISTS ix_wip_items_lot ON public.wip_items (lot_id);

CREATE TABLE IF NOT EXISTS public.wip_process_history (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wip_item_id integer     NOT NULL REFERENCES public.wip_items (id),
  process_id  integer     NOT NULL REFERENCES public.processes (id),
  result      text        NOT NULL CHECK (result IN ('pass', 'fail')),
  seconds     integer     NOT NULL CHECK (seconds > 0),
  finished_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS ix_wip_process_history_process ON public.wip_process_history (process_id);

INSERT INTO public.processes (id, name, capacity)
VALUES (1, 'Laser marking', 4), (2, 'Assembly', 12), (3, 'Sensor inspection', 6), (4, 'Firmware', 8), (5, 'Robot test', 5),
       (6, 'Performance test', 6), (7, 'Label printing', 2), (8, 'Packaging', 6)
    ON CONFLICT DO NOTHING;

INSERT INTO public.lots (id, lot_number, product, target_qty, due_on)
SELECT n, 'LOT-' || lpad(n::text, 5, '0'), (ARRAY['NX-100', 'NX-200', 'NX-300'])[1 + n % 3], 50, date '2026-01-05' + n
  FROM generate_series(1, 120) AS series (n)
    ON CONFLICT DO NOTHING;

-- 6,000 items; the older the lot, the further they are.
INSERT INTO public.wip_items (id, lot_id, process_id, status, moved_at)
SELECT n, 1 + (n - 1) / 50, CASE WHEN place.p <= 8 THEN place.p END,
       CASE WHEN place.p > 8 THEN 'done' WHEN n % 97 = 0 THEN 'scrapped' WHEN n % 3 = 0 THEN 'in_progress' ELSE 'waiting' END,
       timestamptz '2026-01-05 06:00:00+00' + n * interval '3 minutes'
  FROM generate_series(1, 6000) AS series (n)
 CROSS JOIN LATERAL (SELECT greatest(1, 14 - (n - 1) / 500 - n % 3) AS p) AS place
    ON CONFLICT DO NOTHING;

INSERT INTO public.wip_process_history (wip_item_id, process_id, result, seconds, finished_at)
SELECT i.id, p.id, CASE WHEN (i.id * 7 + p.id) % 41 = 0 THEN 'fail' ELSE 'pass' END, 30 + (i.id * 13 + p.id * 29) % 240,
       i.moved_at - (coalesce(i.process_id, 9) - p.id) * interval '11 minutes'
  FROM public.wip_items i
  JOIN public.processes p ON p.id < coalesce(i.process_id, 9)
 WHERE NOT EXISTS (SELECT FROM public.wip_process_history);

ANALYZE public.processes, public.lots, public.wip_items, public.wip_process_history;

-- One row a lot.
CREATE MATERIALIZED VIEW IF NOT EXISTS public.mv_wip_status_dashboard AS
SELECT l.id AS lot_id, l.lot_number, l.product, l.target_qty, l.due_on,
       count(i.id)                                         AS items,
       count(i.id) FILTER (WHERE i.status = 'done')        AS done,
       count(i.id) FILTER (WHERE i.status = 'in_progress') AS in_progress,
       count(i.id) FILTER (WHERE i.status = 'waiting')     AS waiting,
       count(i.id) FILTER (WHERE i.status = 'scrapped')    AS scrapped,
       round(100.0 * count(i.id) FILTER (WHERE i.status = 'done') / l.target_qty, 1) AS completion_percent,
       max(i.moved_at)                                     AS last_moved_at
FROM public.lots l
LEFT JOIN public.wip_items i ON i.lot_id = l.id
GROUP BY l.id
WITH DATA;

CREATE UNIQUE INDEX IF NOT EXISTS ux_mv_wip_status_dashboard ON public.mv_wip_status_dashboard (lot_id);

-- One row a process.
CREATE MATERIALIZED VIEW IF NOT EXISTS public.mv_process_wip_queue AS
SELECT p.id AS process_id, p.name, p.capacity, coalesce(w.waiting, 0) AS waiting, coalesce(w.in_progress, 0) AS in_progress,
       w.waiting_since, h.avg_seconds, h.fail_percent
FROM public.processes p
LEFT JOIN (
  SELECT process_id, count(*) FILTER (WHERE status = 'waiting') AS waiting,
         count(*) FILTER (WHERE status = 'in_progress') AS in_progress, min(moved_at) FILTER (WHERE status = 'waiting') AS waiting_since
  FROM public.wip_items WHERE process_id IS NOT NULL GROUP BY process_id) w ON w.process_id = p.id
LEFT JOIN (
  SELECT process_id, round(avg(seconds), 1) AS avg_seconds, round(100.0 * count(*) FILTER (WHERE result = 'fail') / count(*), 2) AS fail_percent
  FROM public.wip_process_history GROUP BY process_id) h ON h.process_id = p.id
WITH DATA;

CREATE UNIQUE INDEX IF NOT EXISTS ux_mv_process_wip_queue ON public.mv_process_wip_queue (process_id);

-- SELECT refresh_process_wip_queue();
CREATE OR REPLACE FUNCTION public.refresh_process_wip_queue() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.mv_process_wip_queue;
END $$;

-- SELECT refresh_all_wip_views(); always in this order, so that two callers wait and do not deadlock.
CREATE OR REPLACE FUNCTION public.refresh_all_wip_views() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.mv_wip_status_dashboard;
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.mv_process_wip_queue;
END $$;

-- Moves some items on, as the factory does while the demo runs: SELECT demo_move_wip_items(20);
CREATE OR REPLACE FUNCTION public.demo_move_wip_items(moves integer) RETURNS bigint LANGUAGE sql AS $$
  WITH chosen AS (
    SELECT id, process_id, status FROM public.wip_items
     WHERE status IN ('waiting', 'in_progress')
     ORDER BY random() LIMIT moves FOR UPDATE SKIP LOCKED
  ), finished AS (
    INSERT INTO public.wip_process_history (wip_item_id, process_id, result, seconds)
    SELECT id, process_id, CASE WHEN random() < 0.02 THEN 'fail' ELSE 'pass' END, 30 + floor(random() * 240)::integer
      FROM chosen WHERE status = 'in_progress'
  ), moved AS (
    UPDATE public.wip_items i
       SET status = CASE WHEN c.status = 'waiting' THEN 'in_progress' WHEN c.process_id = 8 THEN 'done' ELSE 'waiting' END,
           process_id = CASE WHEN c.status = 'waiting' THEN c.process_id WHEN c.process_id < 8 THEN c.process_id + 1 END,
           moved_at = clock_timestamp()
      FROM chosen c WHERE i.id = c.id
    RETURNING 1
  )
  SELECT count(*) FROM moved
$$;

-- Begins a lot of 50 items when fewer than 1,500 are on their way, so that the factory never runs empty: SELECT demo_start_lot();
CREATE OR REPLACE FUNCTION public.demo_start_lot() RETURNS bigint LANGUAGE sql AS $$
  WITH lot AS (
    INSERT INTO public.lots (id, lot_number, product, target_qty, due_on)
    SELECT n, 'LOT-' || lpad(n::text, 5, '0'), (ARRAY['NX-100', 'NX-200', 'NX-300'])[1 + n % 3], 50, current_date + 14
      FROM (SELECT max(id) + 1 AS n FROM public.lots) next
     WHERE (SELECT count(*) FROM public.wip_items WHERE status IN ('waiting', 'in_progress')) < 1500
        ON CONFLICT DO NOTHING
    RETURNING id
  ), begun AS (
    INSERT INTO public.wip_items (id, lot_id, process_id, status, moved_at)
    SELECT last.id + n, lot.id, 1, 'waiting', clock_timestamp()
      FROM lot, (SELECT max(id) AS id FROM public.wip_items) last, generate_series(1, 50) AS series (n)
        ON CONFLICT DO NOTHING
    RETURNING 1
  )
  SELECT count(*) FROM begun
$$;
