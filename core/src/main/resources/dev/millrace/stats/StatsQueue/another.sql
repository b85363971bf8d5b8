-- One row, locked: the queue of stats jobs, unless it is this one.
SELECT s.queue::text FROM millrace.stats_settings s WHERE s.queue <> :queue FOR UPDATE
