-- Some of the pauses that are over and that no other transaction has locked: the table stays as small as what is paused.
DELETE FROM millrace.host_pauses
 WHERE server IN (
   SELECT server FROM millrace.host_pauses
    WHERE paused_until < clock_timestamp()
    LIMIT 100
    FOR UPDATE SKIP LOCKED)
