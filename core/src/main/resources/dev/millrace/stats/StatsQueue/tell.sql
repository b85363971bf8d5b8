-- One row: how many waiting jobs were moved; or none, it is the queue already.
SELECT moved FROM millrace.set_stats_queue(:queue) AS moved WHERE moved IS NOT NULL
