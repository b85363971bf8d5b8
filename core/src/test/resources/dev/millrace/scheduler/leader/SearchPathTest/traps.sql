-- A role that may create in public, and there operators and functions that are better matches than those of pg_catalog for calls whose
-- arguments have other types than these have; each notes that it was called, and then does what the other would have done.
CREATE ROLE ATTACKER;
GRANT CREATE, USAGE ON SCHEMA public TO ATTACKER;
CREATE TABLE public.caught (what text);
GRANT INSERT ON public.caught TO PUBLIC;
SET ROLE ATTACKER;
DO $make$
DECLARE
  types text[] := '{text,name,integer,bigint,smallint,oid,regclass,regnamespace,"\"char\"",interval,numeric,timestamptz,boolean}';
  a text;
  b text;
BEGIN
  FOR a, b IN SELECT l, r FROM pg_catalog.unnest(types) l CROSS JOIN pg_catalog.unnest(types) r WHERE l <> 'text' OR r <> 'text' LOOP
    EXECUTE pg_catalog.format($f$CREATE FUNCTION public.joins(%1$s, %2$s) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.caught VALUES ('||(%1$s,%2$s)'); RETURN pg_catalog.textcat($1::text, $2::text); END $$$f$, a, b);
    EXECUTE pg_catalog.format('CREATE OPERATOR public.|| (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.joins)', a, b);
  END LOOP;
  FOREACH a IN ARRAY types LOOP
    FOREACH b IN ARRAY ARRAY['text', 'name', 'bigint', 'numeric', a || ', name', a || ', text', a || ', text, text'] LOOP
      EXECUTE pg_catalog.format($f$CREATE OR REPLACE FUNCTION public.format(text, %1$s, %2$s) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.caught VALUES ('format(text,%1$s,%3$s)'); RETURN pg_catalog.format($1, VARIADIC ARRAY[%4$s]); END $$$f$,
        a, b, pg_catalog.replace(b, ', ', ','),
        (SELECT pg_catalog.string_agg('$' || n::text || '::text', ', ') FROM pg_catalog.generate_series(2, pg_catalog.length(pg_catalog.regexp_replace(b, '[^,]', '', 'g')) + 3) n));
    END LOOP;
    EXECUTE pg_catalog.format($f$CREATE FUNCTION public.format(text, %1$s) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.caught VALUES ('format(text,%1$s)'); RETURN pg_catalog.format($1, $2::text); END $$$f$, a);
    EXECUTE pg_catalog.format($f$CREATE FUNCTION public.unnest(%1$s[]) RETURNS SETOF %1$s LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.caught VALUES ('unnest(%1$s[])'); RETURN QUERY SELECT * FROM pg_catalog.unnest($1) u; END $$$f$, a);
    EXECUTE pg_catalog.format($f$CREATE FUNCTION public.cardinality(%1$s[]) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.caught VALUES ('cardinality(%1$s[])'); RETURN pg_catalog.cardinality($1); END $$$f$, a);
    EXECUTE pg_catalog.format($f$CREATE FUNCTION public.quote_literal(%1$s) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.caught VALUES ('quote_literal(%1$s)'); RETURN pg_catalog.quote_literal($1::text); END $$$f$, a);
    EXECUTE pg_catalog.format($f$CREATE FUNCTION public.array_length(%1$s[], integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.caught VALUES ('array_length(%1$s[])'); RETURN pg_catalog.array_length($1, $2); END $$$f$, a);
    EXECUTE pg_catalog.format($f$CREATE FUNCTION public.length(%1$s) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.caught VALUES ('length(%1$s)'); RETURN pg_catalog.length($1::text); END $$$f$, a);
  END LOOP;
  CREATE FUNCTION public.pg_advisory_xact_lock(integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO public.caught VALUES ('pg_advisory_xact_lock(integer)'); END $$;
END $make$;
RESET ROLE;
