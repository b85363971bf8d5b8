-- The last of the :look jobs that were read, or none: there are fewer.
SELECT id FROM millrace.jobs WHERE <read> ORDER BY id DESC OFFSET :look - 1 LIMIT 1
