-- How many rows of the sheet were left out, on the row that says what became of the sheet as a whole: a supplier is
-- synced well only as far as its rows could be read. 0 on the rows about single rows and on those written before.

ALTER TABLE public.parsing_logs
  ADD COLUMN rows_left_out integer NOT NULL DEFAULT 0 CHECK (rows_left_out >= 0);
COMMENT ON COLUMN public.parsing_logs.rows_left_out IS 'rows of the sheet that were left out; on the row about the whole sheet only';
