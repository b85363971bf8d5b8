-- The lanes in which jobs wait that nobody claims.
SELECT queue, kind FROM millrace.unserved_lanes ORDER BY queue, kind
