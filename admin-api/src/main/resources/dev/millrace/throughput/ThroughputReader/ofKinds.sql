-- The counts of some kinds in all queues, by time and outcome.
SELECT at, kind, outcome, jobs, waits, runs FROM millrace.<table> WHERE at >= :from AND kind = ANY (:kinds)
