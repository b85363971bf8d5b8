-- One row at most: what the registry says of a view under any spelling, and of its watches. Takes no lock on the view or on a table.
SELECT (to_jsonb(v) || jsonb_build_object('watches', coalesce((SELECT jsonb_agg(to_jsonb(w) ORDER BY w.id)
                                                                 FROM millrace.mv_watches w WHERE w.view_name = v.view_name), '[]')))::text
  FROM millrace.mv_views v
 WHERE v.view_name = millrace.known_view(:name)
