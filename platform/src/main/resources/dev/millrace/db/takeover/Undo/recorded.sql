-- What was done, the last first.
SELECT object, undo FROM millrace.taken_over ORDER BY id DESC
