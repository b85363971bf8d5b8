-- Beside each name that users gave: the number that the catalog has for it, and the name as the catalog last wrote it. A name alone is
-- lost by a rename, a number alone by a dump.

-- The server and database that the numbers are of, in one row. Elsewhere, in a restored database, they mean nothing.
CREATE TABLE millrace.mv_home (
  database text NOT NULL
);
CREATE UNIQUE INDEX mv_home_has_one_row ON millrace.mv_home ((true));

-- attnums: the numbers of the columns, in the order of their names; null: not known here. source_name: schema and name of the table, quoted.
-- shape: the tables and triggers of the watch when the leader last looked; when it differs, changes may have been missed.
ALTER TABLE millrace.mv_watches
  ADD COLUMN attnums     int2[],
  ADD COLUMN source_name text,
  ADD COLUMN shape       text;

-- The registered name is a label: it stays when the view or function is renamed. Schema and name, quoted: registered_as when it was first
-- found, known_as when it was last seen.
ALTER TABLE millrace.mv_views
  ADD COLUMN registered_as text,
  ADD COLUMN known_as      text,
  ADD COLUMN funcid        oid;
ALTER TABLE millrace.stats_functions
  ADD COLUMN registered_as text,
  ADD COLUMN known_as      text,
  ADD COLUMN funcid        oid;

UPDATE millrace.mv_watches w
   SET source_name = format('%I.%I', n.nspname, c.relname),
       attnums = (SELECT array_agg(a.attnum ORDER BY wanted.place)
                    FROM unnest(w.columns) WITH ORDINALITY AS wanted (name, place)
                    JOIN pg_attribute a ON a.attrelid = w.source AND a.attname = wanted.name)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = w.source;
