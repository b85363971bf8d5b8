-- One row, after DISCARD ALL: whether the session is its own user's again, and whether functions of other languages keep state in it,
-- which nothing clears. A new seed replaces that of an earlier setseed(). The session gets its name and its time zone again.
SELECT pg_catalog.setseed(?) AS seeded, pg_catalog.set_config('application_name', ?, false) AS named,
       pg_catalog.set_config('TimeZone', 'UTC', false) AS in_utc,
       current_user OPERATOR(pg_catalog.=) session_user AS as_opened,
       EXISTS (SELECT FROM pg_catalog.pg_language l
                WHERE l.lanname OPERATOR(pg_catalog.<>) ALL ('{internal,c,sql,plpgsql}'::pg_catalog.name[])) AS keeps_state
