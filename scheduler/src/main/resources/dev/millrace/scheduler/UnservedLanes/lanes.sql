-- The lanes whose jobs no queue worker claims.
SELECT queue, kind FROM millrace.unserved_lanes ORDER BY queue, kind
