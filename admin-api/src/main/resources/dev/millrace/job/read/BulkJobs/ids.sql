-- The ids of at most :most jobs that pass a filter, in the order of the index that has them.
SELECT id FROM millrace.jobs WHERE <filter> ORDER BY <order> LIMIT :most
