-- Why a job is in its state, what holds first comes first: one row or more; none: there is no such job.
SELECT code, message, until, about, subject FROM millrace.why_job(:subject)
