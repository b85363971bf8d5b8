-- How many children a job has had since it was last retried by hand: written where children_left is, so that no look has to count them.
ALTER TABLE millrace.jobs ADD COLUMN children_total integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN millrace.jobs.children_total IS 'the children of this run, finished or not; children_left of them are unfinished';

UPDATE millrace.jobs parent
   SET children_total = (SELECT count(*) FROM millrace.jobs child WHERE child.parent_id = parent.id)
 WHERE parent.state IN ('waiting', 'processing') AND parent.children_left > 0;
