-- How many jobs pass a filter: at most :look, which stands for that many or more.
SELECT count(*) FROM (SELECT 1 FROM millrace.jobs WHERE <filter> LIMIT :look) few
