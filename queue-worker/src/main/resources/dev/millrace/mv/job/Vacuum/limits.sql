-- One row: the time-outs of this session, to be restored afterwards.
SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement
