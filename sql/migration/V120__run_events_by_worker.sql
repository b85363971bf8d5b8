-- So that a fold finds the next events of a background worker without reading those of one that another transaction has locked.
CREATE INDEX run_events_by_worker ON millrace.run_events (background_worker, id);
