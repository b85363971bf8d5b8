-- Keys whose newest acknowledged call took no effect: neither what it brought nor what a later call brought was run.
SELECT 'key ' || c.unique_key || ': number ' || max(c.number) || ' was acknowledged, the newest that took effect is '
       || coalesce(max(e.number)::text, 'none')
  FROM drill.calls c
  LEFT JOIN millrace.jobs j ON j.unique_key = c.unique_key AND j.state = 'completed'
  LEFT JOIN drill.effects e ON e.job_id = j.id
 GROUP BY c.unique_key
HAVING coalesce(max(e.number), 0) < max(c.number)
