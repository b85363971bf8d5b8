-- Why a view is as fresh as it is, under any spelling of its name: one row or more; none: no such view is registered.
SELECT code, message, until, about, subject FROM millrace.why_view(millrace.known_view(:subject))
