-- The session of a token.
DELETE FROM millrace.sessions WHERE token_hash = :tokenHash
