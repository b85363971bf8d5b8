-- From the next statement on, for this transaction; in milliseconds.
SELECT 1 FROM (SELECT set_config('statement_timeout', ?::bigint || 'ms', true) OFFSET 0) AS done
