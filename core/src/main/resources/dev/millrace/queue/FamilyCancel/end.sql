-- The cancel of a family has come to its end.
DELETE FROM millrace.family_cancels WHERE job_id = :id
