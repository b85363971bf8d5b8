-- One row: the moment that lies so many seconds back, by the database's clock.
SELECT clock_timestamp() - :seconds * interval '1 second'
