-- One row: the dead rows of a view that has as many of them as living ones; none: it has fewer.
SELECT dead_rows FROM millrace.mv_state WHERE view_name = :name AND dead_rows >= greatest(rows, 1000)
