-- The tables whose changes ask for a view; a table that is gone shows as its number.
SELECT w.source::regclass::text AS source, w.method, w.columns FROM millrace.mv_watches w WHERE w.view_name = :name ORDER BY 1
