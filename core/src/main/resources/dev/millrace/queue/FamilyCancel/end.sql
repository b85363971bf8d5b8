-- The cancel of a family is complete.
DELETE FROM millrace.family_cancels WHERE job_id = :id
