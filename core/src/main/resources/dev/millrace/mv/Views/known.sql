-- One row: the registered name of a view under any spelling; or, when it is not registered, the spelling itself if it names one.
SELECT coalesce(millrace.known_view(:name), CASE WHEN millrace.view_oid(:name) IS NOT NULL THEN :name END)
