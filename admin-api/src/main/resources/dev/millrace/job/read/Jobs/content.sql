-- What can be large of one job.
SELECT payload::text AS payload, result::text AS result FROM millrace.jobs WHERE id = :id
