-- Conditions that do not fire yet and now do: one row for each, as long as no more than :most of their kind fire.
INSERT INTO millrace.alerts (kind, subject, message)
SELECT kind, subject, left(message, 2000)
  FROM (SELECT given.*, row_number() OVER (PARTITION BY given.kind ORDER BY given.subject)
               + (SELECT count(*) FROM millrace.alerts a WHERE a.kind = given.kind AND a.resolved_at IS NULL) AS place
          FROM unnest(:kinds, :subjects, :messages) AS given (kind, subject, message)
         WHERE NOT EXISTS (SELECT FROM millrace.alerts a
                            WHERE a.kind = given.kind AND a.subject = given.subject AND a.resolved_at IS NULL)) new
 WHERE place <= :most
    ON CONFLICT (kind, subject) WHERE resolved_at IS NULL DO NOTHING
RETURNING id, kind, subject
