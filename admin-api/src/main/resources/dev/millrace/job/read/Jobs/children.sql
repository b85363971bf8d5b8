-- How many of at most :most children of one job are in each state.
SELECT state, count(*) FROM (SELECT state FROM millrace.jobs WHERE parent_id = :id LIMIT :most) few GROUP BY state
