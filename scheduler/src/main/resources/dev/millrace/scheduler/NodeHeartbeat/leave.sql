-- This node has stopped in good order.
DELETE FROM millrace.scheduler_nodes WHERE node = :node
