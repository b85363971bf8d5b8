-- One row: a text that looks like a comment.
SELECT '-- kept' AS text,
  -- the line is left out
       1 - -1 AS number
