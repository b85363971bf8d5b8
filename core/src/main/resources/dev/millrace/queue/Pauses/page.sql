-- What is paused after a moment, oldest first: one page, and those that were paused in the same microsecond as the last.
SELECT queue, kind, paused_by, reason, paused_at
  FROM millrace.pauses
 WHERE paused_at > :after
 ORDER BY paused_at
 FETCH FIRST :most ROWS WITH TIES
