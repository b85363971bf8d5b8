-- The slots of a stretch that have been settled.
SELECT fire_time FROM millrace.fires WHERE schedule = :schedule AND fire_time > :after AND fire_time <= :upTo
