-- What has happened to the runs of background workers and does not yet stand in their rows. The rows only show it: one that another
-- transaction has locked is brought up to date later, and no claim and no outcome waits for it.
CREATE TABLE millrace.run_events (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  background_worker text NOT NULL,
  at                timestamptz NOT NULL,
  -- How the run has ended; null: it has started.
  ok                boolean,
  error             text
);
