-- How many children the run of a job that began then has.
SELECT count(*) FROM millrace.jobs WHERE parent_id = :id AND created_at >= :since
