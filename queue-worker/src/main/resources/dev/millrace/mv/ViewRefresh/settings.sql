-- One row: time-outs of this transaction, in milliseconds; 0 waits for ever, null leaves it as it is. A server whose client has
-- died stops within a second, where it can notice.
SELECT 1
  FROM (SELECT set_config('lock_timeout', :lock || 'ms', true),
               CASE WHEN :statement::bigint IS NOT NULL THEN set_config('statement_timeout', :statement || 'ms', true) END,
               set_config('idle_in_transaction_session_timeout', '60s', true),
               CASE WHEN current_setting('server_version_num')::integer >= 140000 AND version() ~* 'linux'
                    THEN set_config('client_connection_check_interval', '1s', true) END
        OFFSET 0) AS done
