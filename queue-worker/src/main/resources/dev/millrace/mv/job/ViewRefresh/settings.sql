-- One row: time-outs of this transaction, in milliseconds; 0 means none. A server process whose client has died stops within 1 s,
-- if it can detect that.
SELECT set_config('lock_timeout', ? || 'ms', true), set_config('statement_timeout', ? || 'ms', true),
       set_config('idle_in_transaction_session_timeout', '60s', true),
       CASE WHEN current_setting('client_connection_check_interval', true) IS NOT NULL AND version() ILIKE '%linux%'
            THEN set_config('client_connection_check_interval', '1s', true) END
