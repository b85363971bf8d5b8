-- Servers of sheets and caches that have asked all of us to stay away for a while (Retry-After of 429 and 503).
CREATE TABLE millrace.host_pauses (
  server       text PRIMARY KEY CHECK (server <> '' AND length(server) <= 310),
  paused_until timestamptz NOT NULL
);
COMMENT ON TABLE millrace.host_pauses IS 'host:port of servers that are not called before a moment; jobs that would call them are snoozed';
