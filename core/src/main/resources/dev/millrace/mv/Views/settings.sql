-- One row at most: what the registry says of a view.
SELECT extract(epoch FROM debounce) AS debounce_seconds, extract(epoch FROM max_wait) AS max_wait_seconds,
       extract(epoch FROM min_gap) AS min_gap_seconds, extract(epoch FROM max_lag) AS max_lag_seconds,
       extract(epoch FROM lock_timeout) AS lock_timeout_seconds, extract(epoch FROM statement_timeout) AS statement_timeout_seconds,
       extract(epoch FROM lock_budget) AS lock_budget_seconds, covers, origin, registered_at
  FROM millrace.mv_views WHERE view_name = :name
