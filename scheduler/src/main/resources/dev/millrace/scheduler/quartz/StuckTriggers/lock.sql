-- Quartz's lock on its triggers, held until this transaction ends: one row.
SELECT 1 FROM millrace.qrtz_locks WHERE sched_name = :cluster AND lock_name = 'TRIGGER_ACCESS' FOR UPDATE
