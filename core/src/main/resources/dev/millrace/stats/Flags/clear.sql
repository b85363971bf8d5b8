-- One row or none.
DELETE FROM millrace.flags WHERE flag = :flag
