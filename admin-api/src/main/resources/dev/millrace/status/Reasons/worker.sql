-- Why a background worker runs or does not: one row or more; none: there is no such worker.
SELECT code, message, until, about, subject FROM millrace.why_worker(:subject)
