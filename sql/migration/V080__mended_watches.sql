-- The shape of a watch when the leader last found nothing to mend in it, so that it looks closely only at those that have changed.
ALTER TABLE millrace.mv_watches ADD COLUMN mended text;
