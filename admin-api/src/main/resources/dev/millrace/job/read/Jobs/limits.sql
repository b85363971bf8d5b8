-- For this transaction only: a list changes nothing, and is given up when Postgres is too slow.
SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '4s'
