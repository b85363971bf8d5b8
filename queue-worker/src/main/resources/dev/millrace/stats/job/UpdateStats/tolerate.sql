-- One row: how many functions may fail; none: there is no such group.
SELECT tolerate FROM millrace.stats_groups WHERE group_name = :group
