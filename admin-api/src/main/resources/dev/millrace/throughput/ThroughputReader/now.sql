-- The moment of the answer.
SELECT clock_timestamp()
