-- One row, or none: no such group, or a wait that would be shorter than its debounce.
UPDATE millrace.stats_groups
   SET tolerate = coalesce(:tolerate::integer, tolerate),
       debounce = coalesce(:debounceMillis::bigint * interval '1 millisecond', debounce),
       max_wait = coalesce(:maxWaitMillis::bigint * interval '1 millisecond', max_wait)
 WHERE group_name = :group
   AND coalesce(:maxWaitMillis::bigint * interval '1 millisecond', max_wait)
       >= coalesce(:debounceMillis::bigint * interval '1 millisecond', debounce)
