-- How many children of one job are in each state.
SELECT state, count(*) FROM millrace.jobs WHERE parent_id = :id GROUP BY state
