-- Waits for another job that runs this function; held until the transaction ends. A server process whose client has died stops within
-- 1 s, if it can detect that.
SELECT 1
  FROM (SELECT CASE WHEN current_setting('server_version_num')::integer >= 140000 AND version() ~* 'linux'
                    THEN set_config('client_connection_check_interval', '1s', true) END,
               set_config('idle_in_transaction_session_timeout', '60s', true),
               pg_advisory_xact_lock((1836445704::bigint << 32) | ?)
        OFFSET 0) AS held
