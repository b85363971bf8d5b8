-- Two views and the functions that refresh them, as system 003 has them.
CREATE TABLE public.wip_items (id bigserial PRIMARY KEY, lot text NOT NULL, process text NOT NULL, status text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE public.wip_process_history (id bigserial PRIMARY KEY, wip_item_id bigint REFERENCES public.wip_items, process text NOT NULL, started_at timestamptz NOT NULL DEFAULT now());
INSERT INTO public.wip_items (lot, process, status) SELECT 'LOT-' || g % 40, 'P' || g % 8, 'IN_PROGRESS' FROM generate_series(1, 4000) g;
CREATE MATERIALIZED VIEW public.mv_wip_status_dashboard AS SELECT lot, count(*) AS items, now() AS last_refreshed_at FROM public.wip_items GROUP BY lot;
CREATE UNIQUE INDEX ON public.mv_wip_status_dashboard (lot);
CREATE MATERIALIZED VIEW public.mv_process_wip_queue AS SELECT process, count(*) AS waiting, now() AS last_refreshed_at FROM public.wip_items GROUP BY process;
CREATE UNIQUE INDEX ON public.mv_process_wip_queue (process);
CREATE FUNCTION public.refresh_process_wip_queue() RETURNS void LANGUAGE plpgsql AS $$ BEGIN REFRESH MATERIALIZED VIEW CONCURRENTLY mv_process_wip_queue; END $$;
CREATE FUNCTION public.refresh_all_wip_views() RETURNS void LANGUAGE plpgsql AS $$
BEGIN REFRESH MATERIALIZED VIEW CONCURRENTLY mv_wip_status_dashboard; REFRESH MATERIALIZED VIEW CONCURRENTLY mv_process_wip_queue; END $$;
