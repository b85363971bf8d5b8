-- A job that has failed or was cancelled while its children are unfinished waits for them, and then ends in this state.
CREATE DOMAIN millrace.end_state AS text CHECK (VALUE IN ('failed', 'cancelled'));
ALTER TABLE millrace.jobs ADD COLUMN end_state millrace.end_state;
