-- One row, or none: no such function.
UPDATE millrace.stats_functions
   SET enabled = coalesce(:enabled::boolean, enabled),
       time_limit = coalesce(:timeLimitMillis::bigint * interval '1 millisecond', time_limit),
       cache_tags = coalesce(:cacheTags::text[], cache_tags)
 WHERE group_name = :group AND function_name = :function
