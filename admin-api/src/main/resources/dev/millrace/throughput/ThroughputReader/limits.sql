-- For this transaction only: it changes nothing, and is given up when Postgres is too slow.
SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '2s'
