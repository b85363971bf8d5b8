-- A cancel that goes on in steps until its row is deleted.
INSERT INTO millrace.family_cancels (job_id) VALUES (:id) ON CONFLICT DO NOTHING
