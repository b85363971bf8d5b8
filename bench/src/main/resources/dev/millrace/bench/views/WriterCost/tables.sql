-- Who watches the tables of the writers.

-- nothing: a statement trigger that does nothing.
CREATE FUNCTION public.do_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER watches AFTER INSERT OR UPDATE OR DELETE ON public.w_nothing FOR EACH STATEMENT EXECUTE FUNCTION public.do_nothing();

-- trigger, counter: as millrace.watch does it.
CREATE MATERIALIZED VIEW public.w_view_1 AS SELECT count(*) AS n FROM public.w_trigger;
CREATE MATERIALIZED VIEW public.w_view_2 AS SELECT count(*) AS n FROM public.w_counter;
SELECT millrace.watch('w_trigger', 'w_view_1');
SELECT millrace.watch('w_counter', 'w_view_2', method => 'counter');

-- appended: the documented upsert of an existing trigger, into the queue that Millrace ships.
CREATE FUNCTION public.ask_us() RETURNS trigger LANGUAGE plpgsql AS '
BEGIN
  INSERT INTO public.mv_refresh_queue (view_name, refresh_requested_at) VALUES (''w_view_3'', NOW())
  ON CONFLICT (view_name) DO UPDATE SET refresh_requested_at = NOW(), status = ''pending'';
  RETURN NULL;
END';
CREATE TRIGGER watches AFTER INSERT OR UPDATE OR DELETE ON public.w_appended FOR EACH STATEMENT EXECUTE FUNCTION public.ask_us();

-- upsert: the same statement into a queue that is an ordinary table, as it was before.
CREATE TABLE public.their_queue (view_name text PRIMARY KEY, refresh_requested_at timestamptz, status text DEFAULT 'pending');
CREATE FUNCTION public.ask_them() RETURNS trigger LANGUAGE plpgsql AS '
BEGIN
  INSERT INTO public.their_queue (view_name, refresh_requested_at) VALUES (''w_view_4'', NOW())
  ON CONFLICT (view_name) DO UPDATE SET refresh_requested_at = NOW(), status = ''pending'';
  RETURN NULL;
END';
CREATE TRIGGER watches AFTER INSERT OR UPDATE OR DELETE ON public.w_upsert FOR EACH STATEMENT EXECUTE FUNCTION public.ask_them();
