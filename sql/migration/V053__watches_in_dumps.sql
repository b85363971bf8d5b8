-- A dump tells the tables of watches by name, not by numbers that mean nothing in the database that it is restored to.

-- Where a dump of before was restored: a trigger bears the number of its watch, and knows the table that the watch has lost.
UPDATE millrace.mv_watches w SET source = t.tgrelid
  FROM pg_catalog.pg_trigger t
 WHERE t.tgname = 'millrace_watch_' || w.id AND t.tgrelid <> w.source
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger own WHERE own.tgrelid = w.source AND own.tgname = t.tgname)
   AND NOT EXISTS (SELECT FROM millrace.mv_watches o WHERE o.source = t.tgrelid AND o.view_name = w.view_name);

ALTER TABLE millrace.mv_watches ALTER COLUMN source TYPE regclass;
