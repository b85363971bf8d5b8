-- The scheduler processes, as they tell of themselves. By the database's clock, so that it can be said whose own clock is off.
CREATE TABLE millrace.scheduler_nodes (
  node          text PRIMARY KEY,
  host          text NOT NULL,
  pid           bigint NOT NULL,
  started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  checked_in_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- How far the node's clock is ahead of the database's, negative when behind; exact to half a round trip.
  clock_skew_ms bigint NOT NULL
);
