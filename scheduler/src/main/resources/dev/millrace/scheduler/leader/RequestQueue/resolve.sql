-- Notes which registered view a row asks for under another name: of the 400 that have waited longest for it.
UPDATE millrace.mv_adopted a
   SET known = k.known
  FROM (SELECT w.view_name, millrace.known_view(w.view_name) AS known
          FROM (SELECT view_name FROM millrace.mv_adopted WHERE known IS NULL ORDER BY adopted_at LIMIT 400) w) k
 WHERE a.view_name = k.view_name AND k.known IS NOT NULL
