-- How many attempts ended, how long they had waited and how long they ran, by minute and by hour. Queue workers count in memory and add what
-- they have counted every ten seconds: the cost is that of the kinds and workers, not of the jobs.

-- The newest batch of each writer that was added: one that is sent again because its answer was lost is not counted twice.
CREATE TABLE millrace.job_count_writers (
  writer   text PRIMARY KEY CHECK (length(writer) BETWEEN 1 AND 100),
  batch    bigint NOT NULL CHECK (batch > 0),
  added_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Kept for two days. Queue and kind '*': all of them together, so that a total is read without its parts. Kind '(other)': those beyond the
-- 200 kinds that a queue worker counts one by one.
CREATE TABLE millrace.job_minutes (
  at      timestamptz NOT NULL,
  queue   text NOT NULL,
  kind    text NOT NULL,
  -- retried: the attempt failed and its job will be tried again; failed: its job has failed. An attempt whose job waits for its children has
  -- completed. Those that were snoozed or handed back, and those whose process was lost, are not counted.
  outcome text NOT NULL CHECK (outcome IN ('completed', 'failed', 'retried', 'cancelled')),
  jobs    bigint NOT NULL CHECK (jobs > 0),
  -- From when the job was due until its attempt began, and from there until it ended. The first number counts those below 1 ms, the next
  -- those from 1 ms, 2 ms, 4 ms … on, the 28th those from 2^26 ms on, which is 18.6 h; zeros at the end are left out.
  waits   bigint[] NOT NULL CHECK (cardinality(waits) <= 28),
  runs    bigint[] NOT NULL CHECK (cardinality(runs) <= 28),
  PRIMARY KEY (at, queue, kind, outcome)
) WITH (fillfactor = 50);
CREATE INDEX job_minutes_of_all ON millrace.job_minutes (at) WHERE kind = '*';

-- The same by hour, kept for 30 days. Each batch is added to its minute and its hour, so that an hour is complete at every moment.
CREATE TABLE millrace.job_hours (LIKE millrace.job_minutes INCLUDING CONSTRAINTS) WITH (fillfactor = 50);
ALTER TABLE millrace.job_hours ADD PRIMARY KEY (at, queue, kind, outcome);
CREATE INDEX job_hours_of_all ON millrace.job_hours (at) WHERE kind = '*';

-- Adds a batch to the minute and the hour in which it began, by the database's clock: [{queue, kind, outcome, jobs, waits, runs}]. Answers
-- whether it was counted: not when this batch of the writer, or a later one, was before. Rows are written in the order of their key, the
-- minutes first, so that writers wait for each other and never in a circle.
CREATE FUNCTION millrace.add_job_counts(writer text, batch bigint, began_ago interval, counted jsonb) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  began timestamptz := clock_timestamp() - greatest(interval '0', least(began_ago, interval '1 hour'));
BEGIN
  INSERT INTO millrace.job_count_writers AS known (writer, batch) VALUES ($1, $2)
  ON CONFLICT ON CONSTRAINT job_count_writers_pkey
  DO UPDATE SET batch = excluded.batch, added_at = clock_timestamp() WHERE known.batch < excluded.batch;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO millrace.job_minutes AS old (at, queue, kind, outcome, jobs, waits, runs)
  SELECT date_trunc('minute', began), c.queue, c.kind, c.outcome, c.jobs, c.waits, c.runs
    FROM jsonb_to_recordset(counted) AS c (queue text, kind text, outcome text, jobs bigint, waits bigint[], runs bigint[])
   ORDER BY c.queue, c.kind, c.outcome
  ON CONFLICT ON CONSTRAINT job_minutes_pkey DO UPDATE
    SET jobs = old.jobs + excluded.jobs,
        waits = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(old.waits, excluded.waits) WITH ORDINALITY u (a, b, n) ORDER BY n),
        runs = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(old.runs, excluded.runs) WITH ORDINALITY u (a, b, n) ORDER BY n);
  INSERT INTO millrace.job_hours AS old (at, queue, kind, outcome, jobs, waits, runs)
  SELECT date_trunc('hour', began, 'UTC'), c.queue, c.kind, c.outcome, c.jobs, c.waits, c.runs
    FROM jsonb_to_recordset(counted) AS c (queue text, kind text, outcome text, jobs bigint, waits bigint[], runs bigint[])
   ORDER BY c.queue, c.kind, c.outcome
  ON CONFLICT ON CONSTRAINT job_hours_pkey DO UPDATE
    SET jobs = old.jobs + excluded.jobs,
        waits = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(old.waits, excluded.waits) WITH ORDINALITY u (a, b, n) ORDER BY n),
        runs = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(old.runs, excluded.runs) WITH ORDINALITY u (a, b, n) ORDER BY n);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION millrace.add_job_counts FROM PUBLIC;

-- What a process runs, as its settings name it: where it changes, a deploy is marked beside the counts.
ALTER TABLE millrace.queue_workers ADD COLUMN release text NOT NULL DEFAULT '' CHECK (length(release) <= 100);

-- Where pauses began and ended is marked as well.
CREATE INDEX audit_of_pauses ON millrace.audit (at) WHERE action IN ('queue.pause', 'queue.resume');
