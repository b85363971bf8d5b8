-- A table of stats jobs as a worker of an application has it: row security, history, and two of the ten functions.
CREATE TABLE public.background_job_status (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), job_type text NOT NULL DEFAULT 'stats_update',
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
  priority integer NOT NULL DEFAULT 1, payload jsonb NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL DEFAULT now(), started_at timestamptz,
  completed_at timestamptz, retry_count integer NOT NULL DEFAULT 0, error_message text, results jsonb, worker_id text, note text);
ALTER TABLE public.background_job_status ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Allow read access to background_job_status" ON public.background_job_status FOR SELECT USING (true);
CREATE POLICY "the application writes" ON public.background_job_status TO stats_webapp USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON public.background_job_status TO stats_webapp;
CREATE PUBLICATION stats_realtime FOR TABLE public.background_job_status;
INSERT INTO public.background_job_status (status, payload, created_at, started_at, completed_at)
SELECT 'completed', '{"triggeredBy": "cron"}', now() - g * interval '1 day', now() - g * interval '1 day', now() - g * interval '1 day' + interval '40 s'
  FROM generate_series(1, 12) g;
INSERT INTO public.background_job_status (status, payload, error_message, retry_count, note)
VALUES ('failed', '{"triggeredBy": "admin", "requestId": "old-1"}', 'timeout', 2, 'seen by ann');
INSERT INTO public.background_job_status (payload) VALUES ('{"triggeredBy": "admin", "requestId": "waits-1"}'), ('{"triggeredBy": "post-match"}');
CREATE TABLE public.stats_notes (job_id uuid REFERENCES public.background_job_status);
INSERT INTO public.stats_notes SELECT id FROM public.background_job_status WHERE status = 'failed';
CREATE FUNCTION public.update_power_ratings() RETURNS void LANGUAGE sql AS 'SELECT';
CREATE FUNCTION public.update_aggregated_personal_bests() RETURNS void LANGUAGE sql AS 'SELECT';
