-- One row: how many functions may fail; or none, no such group.
SELECT tolerate FROM millrace.stats_groups WHERE group_name = :group
