-- The parents whose whole time is over while their children run.
CREATE INDEX jobs_late_parents ON millrace.jobs (finish_by) WHERE state = 'waiting' AND finish_by IS NOT NULL;
