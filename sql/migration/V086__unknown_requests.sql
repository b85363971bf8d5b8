-- Names that were asked for and that name no view. Whoever may ask may ask for any name, so they are kept out of the requests, which are
-- looked at every second, and here only in a bounded number and for a bounded time (R__adopt_requests.sql).
CREATE TABLE millrace.mv_unknown_requests (
  view_name     text PRIMARY KEY CHECK (length(view_name) <= 300),
  last_asked_at timestamptz NOT NULL
);
