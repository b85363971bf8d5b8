-- One row for each job among the next :most that could not be shown, with the reason.
SELECT problem FROM millrace.show_stats_jobs(:most, false) problem
