-- Back-offs are over.
UPDATE millrace.mv_state SET last_failure_at = last_failure_at - interval '1 hour'
 WHERE failures_in_row > 0 AND last_failure_at > clock_timestamp() - interval '10 minutes';
UPDATE millrace.jobs SET run_at = clock_timestamp() WHERE state = 'scheduled' AND run_at > clock_timestamp();
