-- One row, or none: this slot has been settled before.
INSERT INTO millrace.fires (schedule, fire_time, outcome, node)
VALUES (:schedule, :slot, :outcome, :node)
ON CONFLICT (schedule, fire_time) DO NOTHING
