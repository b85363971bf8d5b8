-- One row: the moment before which finished jobs are too old.
SELECT clock_timestamp() - :keepSeconds * interval '1 second'
