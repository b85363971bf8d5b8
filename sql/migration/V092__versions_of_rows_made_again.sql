-- A background worker that is deleted and made again has another version than the row before it, so that nothing which remembers the
-- old row takes the new one for it: the scheduler's triggers, the slots it has made up for, an ETag. Milliseconds of its making.
ALTER TABLE public.background_workers ALTER COLUMN version SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
