-- Of the first :look jobs in the order in which they finished, how many pass a filter and have no parent; whether as many as asked for were read.
SELECT count(*) FILTER (WHERE parent_id IS NULL AND <filter>), count(*) = :look
  FROM (SELECT kind, queue, state, parent_id FROM millrace.jobs WHERE finished_at < :until ORDER BY finished_at LIMIT :look) looked
