-- A batch whose jobs have just been inserted; without any it has completed.
UPDATE millrace.jobs
   SET children_left = :children,
       children_total = :children,
       state = CASE WHEN :children > 0 THEN 'waiting' ELSE 'completed' END,
       finished_at = CASE WHEN :children = 0 THEN clock_timestamp() END
 WHERE id = :id
