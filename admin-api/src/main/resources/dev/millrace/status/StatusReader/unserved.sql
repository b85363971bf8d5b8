-- The lanes in which jobs wait that no worker claims.
SELECT queue, kind FROM millrace.unserved_lanes ORDER BY queue, kind LIMIT 200
