-- One row: whether an index holds no more than :look jobs.
SELECT count(*) <= :look FROM (SELECT 1 FROM millrace.jobs WHERE <read> ORDER BY <order> LIMIT :look + 1) few
