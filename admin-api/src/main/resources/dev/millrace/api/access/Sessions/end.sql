-- One session, if it is of the user.
DELETE FROM millrace.sessions
 WHERE id = :id AND (:user::text IS NULL OR user_name = :user::text)
RETURNING user_name
