-- What a webhook is sent alerts of: one row for each time that something was wrong, from then until it was right again. Each row has two
-- jobs of kind alert.deliver, enqueued in the transactions that write its beginning and its end.
CREATE TABLE millrace.alerts (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN (
    'sync_failed', 'supplier_failing', 'view_late', 'worker_failing', 'scheduler_absent', 'queue_unserved')),
  -- Which supplier, view, background worker or lane of a queue.
  subject     text NOT NULL,
  message     text NOT NULL,
  fired_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Null: it is wrong still.
  resolved_at timestamptz CHECK (resolved_at >= fired_at)
);
-- However many processes see it, it is fired once.
CREATE UNIQUE INDEX one_firing_per_subject ON millrace.alerts (kind, subject) WHERE resolved_at IS NULL;
CREATE INDEX alerts_by_age ON millrace.alerts (resolved_at) WHERE resolved_at IS NOT NULL;
