-- Whether the lock key and the limit of a suspect that has waited since a moment are kept free for it. Suspects come after the others, so a
-- stream of others that share a key with one would keep it out for as long as it lasts. From 20 to 40 s of waiting, from 80 to 160 s and so
-- on, each time four times as long, nothing else takes the key: a job that holds it comes to an end, and the others have half of the time.
CREATE OR REPLACE FUNCTION millrace.suspect_keeps_keys(since timestamptz) RETURNS boolean LANGUAGE sql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT floor(ln(greatest(extract(epoch FROM clock_timestamp() - since), 10)::double precision / 10) / ln(2))::integer % 2 = 1;
END;

REVOKE ALL ON FUNCTION millrace.suspect_keeps_keys(timestamptz) FROM PUBLIC;
