-- The moment of the look.
SELECT clock_timestamp()
