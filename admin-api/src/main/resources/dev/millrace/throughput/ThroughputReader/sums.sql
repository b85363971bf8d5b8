-- How many attempts of each kind ended, by outcome.
SELECT kind, outcome, sum(jobs)::bigint AS jobs FROM millrace.<table> WHERE at >= :from AND kind <> '*' GROUP BY kind, outcome
