-- Quartz reads calendars, triggers of unknown types and, without useProperties, the data of jobs from serialized Java objects. Millrace uses
-- none of these: whoever may write these tables could otherwise have each scheduler read objects of his choice.
ALTER TABLE millrace.qrtz_calendars ADD CONSTRAINT qrtz_calendars_are_not_used CHECK (false);
ALTER TABLE millrace.qrtz_blob_triggers ADD CONSTRAINT qrtz_blob_triggers_are_not_used CHECK (false);
-- A fire that died with its node comes again by a trigger of type SIMPLE.
ALTER TABLE millrace.qrtz_triggers
  ADD CONSTRAINT qrtz_triggers_known CHECK (trigger_type IN ('CRON', 'SIMPLE') AND calendar_name IS NULL),
  ADD CONSTRAINT qrtz_triggers_data_is_text CHECK (substring(job_data, 1, 2) <> '\xaced');
ALTER TABLE millrace.qrtz_job_details
  ADD CONSTRAINT qrtz_job_details_data_is_text CHECK (substring(job_data, 1, 2) <> '\xaced');
