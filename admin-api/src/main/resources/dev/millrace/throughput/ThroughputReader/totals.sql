-- The counts of all queues and kinds together, by time and outcome.
SELECT at, kind, outcome, jobs, waits, runs FROM millrace.<table> WHERE kind = '*' AND at >= :from
