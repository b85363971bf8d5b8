-- The moment of the snapshot.
SELECT clock_timestamp()
