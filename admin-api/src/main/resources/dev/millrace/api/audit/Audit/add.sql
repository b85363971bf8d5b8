-- One row.
INSERT INTO millrace.audit (who, who_type, role, address, request_id, action, target, reason, before, after, outcome, problem)
VALUES (:who, :whoType, :role, left(:address, 100), :requestId, :action, :target, :why, :before::jsonb, :after::jsonb, :outcome, :problem)
