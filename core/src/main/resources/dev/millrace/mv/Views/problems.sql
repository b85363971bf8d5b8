-- What stands in the way of a view.
SELECT code, severity, message, mend FROM millrace.preflight(:name)
