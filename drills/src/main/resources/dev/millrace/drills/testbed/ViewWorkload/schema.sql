-- A table of parts, three views over it, and one over the first view. Each refresh takes a while, so that it can be hit.
CREATE TABLE public.part (id integer PRIMARY KEY, sku integer NOT NULL, sold boolean NOT NULL DEFAULT false);
INSERT INTO public.part SELECT n, n % 200 FROM generate_series(1, 4000) n;

CREATE MATERIALIZED VIEW public.a AS
SELECT sku, count(*) AS n, count(*) FILTER (WHERE sold) AS sold, min(CASE WHEN id <= 100 THEN pg_sleep(0.001)::text END) AS slow
  FROM public.part GROUP BY sku;
CREATE MATERIALIZED VIEW public.b AS
SELECT id, sold, sku FROM public.part WHERE id > 100 OR pg_sleep(0.001)::text = '';
CREATE MATERIALIZED VIEW public.c AS
SELECT sold, count(*) AS n, min(CASE WHEN id <= 100 THEN pg_sleep(0.001)::text END) AS slow FROM public.part GROUP BY sold;
CREATE MATERIALIZED VIEW public.total AS SELECT sum(sold) AS sold, sum(n) AS n FROM public.a;
CREATE UNIQUE INDEX ON public.a (sku);
CREATE UNIQUE INDEX ON public.b (id);
CREATE UNIQUE INDEX ON public.c (sold);
CREATE UNIQUE INDEX ON public.total (n, sold);

SELECT count(millrace.register_view(view, debounce => '50 ms', max_wait => '300 ms')) FROM unnest(ARRAY['a', 'b', 'c', 'total']) view;
SELECT count(millrace.watch('public.part', view)) FROM unnest(ARRAY['a', 'b', 'c']) view;

-- A refresh is an effect of its job.
CREATE FUNCTION drill.note_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO drill.effects (job_id, fence, attempt, number)
  SELECT j.id, NEW.fence, j.attempt, 0 FROM millrace.jobs j WHERE j.id = NEW.job_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER drill_note AFTER INSERT ON public.mv_refresh_log FOR EACH ROW WHEN (NEW.status = 'success')
EXECUTE FUNCTION drill.note_refresh();
