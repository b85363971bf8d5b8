-- A plain refresh of the view takes longer than this many milliseconds.
UPDATE millrace.mv_state SET plain_ms = greatest(plain_ms, :millis * 1.5) WHERE view_name = :name
