-- What stands in the way of a view.
SELECT code, severity, message, fix_sql FROM millrace.preflight(:name)
