-- The demo's community: projects that people vote for, a feed, and who leads. Its trigger is written as such triggers are, with
-- an upsert into mv_refresh_queue: voters wait for each other there, and for no refresh. Can be run again and again.

CREATE TABLE IF NOT EXISTS public.projects (
  id         integer     PRIMARY KEY,
  title      text        NOT NULL,
  builder    text        NOT NULL,
  status     text        NOT NULL CHECK (status IN ('draft', 'published')),
  upvotes    integer     NOT NULL DEFAULT 0 CHECK (upvotes >= 0),
  comments   integer     NOT NULL DEFAULT 0 CHECK (comments >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO public.projects (id, title, builder, status, upvotes, comments, created_at)
SELECT n, (ARRAY['Solar', 'Paper', 'Quiet', 'Night', 'River', 'Copper', 'Open', 'Little'])[1 + n % 8] || ' '
            || (ARRAY['Atlas', 'Garden', 'Signal', 'Ledger', 'Compass', 'Kitchen', 'Library'])[1 + n % 7] || ' ' || n,
       'builder-' || (n * 17 % 180), CASE WHEN n % 9 = 0 THEN 'draft' ELSE 'published' END, n * 31 % 240, n * 13 % 40,
       timestamptz '2025-09-01 00:00:00+00' + n * interval '37 minutes'
  FROM generate_series(1, 2000) AS series (n)
    ON CONFLICT DO NOTHING;

ANALYZE public.projects;

-- One row a published project.
CREATE MATERIALIZED VIEW IF NOT EXISTS public.mv_feed_projects AS
SELECT id, title, builder, upvotes, comments, created_at,
       upvotes * 3 + comments * 2 AS score,
       rank() OVER (ORDER BY upvotes * 3 + comments * 2 DESC, id) AS place
FROM public.projects
WHERE status = 'published'
WITH DATA;

CREATE UNIQUE INDEX IF NOT EXISTS ux_mv_feed_projects ON public.mv_feed_projects (id);

-- One row a builder, read from the feed: refreshed after it, and only when it has changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS public.mv_top_builders AS
SELECT builder, count(*) AS projects, sum(score) AS score, min(place) AS best_place
FROM public.mv_feed_projects
GROUP BY builder
WITH DATA;

CREATE UNIQUE INDEX IF NOT EXISTS ux_mv_top_builders ON public.mv_top_builders (builder);

CREATE OR REPLACE FUNCTION public.request_feed_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.mv_refresh_queue (view_name, refresh_requested_at)
  VALUES ('mv_feed_projects', NOW())
  ON CONFLICT (view_name) DO UPDATE SET refresh_requested_at = NOW(), status = 'pending';
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER request_feed_refresh AFTER INSERT OR UPDATE OR DELETE ON public.projects
  FOR EACH STATEMENT EXECUTE FUNCTION public.request_feed_refresh();

SELECT millrace.register_view('mv_feed_projects', debounce => interval '5 seconds', max_wait => interval '30 seconds',
                              max_lag => interval '1 minute', view_group => 'community'),
       millrace.register_view('mv_top_builders', view_group => 'community');

-- Some votes and comments, as people give them while the demo runs: SELECT demo_vote(10);
CREATE OR REPLACE FUNCTION public.demo_vote(votes integer) RETURNS bigint LANGUAGE sql AS $$
  WITH voted AS (
    UPDATE public.projects p SET upvotes = upvotes + 1, comments = comments + (random() < 0.2)::integer
     WHERE id IN (SELECT 1 + floor(power(random(), 2) * 2000)::integer FROM generate_series(1, votes))
    RETURNING 1
  )
  SELECT count(*) FROM voted
$$;
