-- All sessions of a user, and the links that would begin one.
WITH links AS (DELETE FROM millrace.sign_in_links WHERE user_name = :user)
DELETE FROM millrace.sessions WHERE user_name = :user
