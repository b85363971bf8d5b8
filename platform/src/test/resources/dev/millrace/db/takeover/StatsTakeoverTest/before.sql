-- What an application has beside its table of stats jobs: a column, a policy, a publication, jobs that wait, and a table that refers to it.
ALTER TABLE public.background_job_status ADD COLUMN note text;
UPDATE public.background_job_status SET note = 'seen by ann' WHERE status = 'failed';
CREATE POLICY "the application writes" ON public.background_job_status TO stats_webapp USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON public.background_job_status TO stats_webapp;
CREATE PUBLICATION stats_realtime FOR TABLE public.background_job_status;
INSERT INTO public.background_job_status (payload) VALUES ('{"triggeredBy": "admin", "requestId": "waits-1"}'), ('{"triggeredBy": "post-match"}');
CREATE TABLE public.stats_notes (job_id uuid REFERENCES public.background_job_status);
INSERT INTO public.stats_notes SELECT id FROM public.background_job_status WHERE status = 'failed';
