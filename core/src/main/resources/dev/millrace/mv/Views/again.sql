-- Asks at once for views whose refresh has begun already and may have missed what its caller knows of.
INSERT INTO millrace.mv_requests (view_name, at_once)
SELECT name, true FROM unnest(:names::text[]) AS name
 WHERE EXISTS (SELECT FROM millrace.jobs j WHERE j.id = :job AND j.state = 'processing')
