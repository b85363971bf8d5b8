-- What is paused: there are no more than a thousand.
SELECT queue, kind FROM millrace.pauses
