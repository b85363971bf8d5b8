-- Rows that are older than they are kept. They are never updated, and no right to lock them is granted.
DELETE FROM millrace.audit
 WHERE id IN (
   SELECT id FROM millrace.audit
    WHERE at < clock_timestamp() - :keepSeconds * interval '1 second'
    ORDER BY at
    LIMIT :most)
