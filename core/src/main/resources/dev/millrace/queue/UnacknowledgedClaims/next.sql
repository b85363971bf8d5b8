-- The fence that the next claim gets, if none is under way.
SELECT last_value + is_called::int FROM millrace.fence
