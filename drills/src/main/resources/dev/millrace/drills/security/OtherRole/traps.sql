-- A role that may do all that an application may: enqueue, ask for views, own a watched table, create in a schema of its own and in public.
-- In its schema stand an operator and a function for each one of Postgres that a function with our rights uses, which note who runs them
-- and then do the same. drill.times_caught counts also what a transaction took back.
CREATE ROLE $role LOGIN PASSWORD '$password';
CREATE SCHEMA trap AUTHORIZATION $role;
GRANT CREATE ON SCHEMA public TO $role;
GRANT USAGE ON SCHEMA millrace TO $role;
GRANT EXECUTE ON FUNCTION millrace.enqueue TO $role;
GRANT USAGE ON SCHEMA drill TO PUBLIC;
CREATE SEQUENCE drill.times_caught;
CREATE SEQUENCE drill.times_passed;
CREATE TABLE drill.caught (what text NOT NULL, as_role text NOT NULL DEFAULT current_user);
GRANT USAGE ON SEQUENCE drill.times_caught, drill.times_passed TO PUBLIC;
GRANT INSERT ON drill.caught TO PUBLIC;

SET ROLE $role;

CREATE FUNCTION trap.note(what text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM nextval('drill.times_passed');
  IF current_user <> '$role' THEN
    PERFORM nextval('drill.times_caught');
    INSERT INTO drill.caught (what) VALUES (note.what);
  END IF;
END $$;

DO $$
DECLARE
  types oid[] := ARRAY['text', 'name', 'integer', 'bigint', 'smallint', 'boolean', 'timestamptz', 'interval', 'jsonb', 'oid', 'regclass', '"char"']::regtype[];
  found record;
BEGIN
  FOR found IN
    SELECT o.oprname AS name, o.oprleft::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS result, row_number() OVER () AS n
      FROM pg_operator o
     WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b' AND o.oprcode <> 0 AND o.oprleft = ANY (types) AND o.oprright = ANY (types)
  LOOP
    EXECUTE format('CREATE FUNCTION trap.operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', found.n, found.l, found.r, found.result,
                   format('BEGIN PERFORM trap.note(%L); RETURN $1 OPERATOR(pg_catalog.%s) $2; END',
                          format('operator %s(%s, %s)', found.name, found.l, found.r), found.name));
    EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.operator_%s)', found.name, found.l, found.r, found.n);
  END LOOP;
  FOR found IN
    SELECT p.proname AS name, oidvectortypes(p.proargtypes) AS arguments, p.prorettype::regtype AS result,
           (SELECT coalesce(string_agg('$' || i, ', '), '') FROM generate_series(1, p.pronargs) i) AS given
      FROM pg_proc p
     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset AND p.provariadic = 0
       AND p.prorettype = ANY (types) AND p.proargtypes::oid[] <@ types
       AND EXISTS (SELECT FROM pg_proc ours WHERE ours.pronamespace = 'millrace'::regnamespace AND ours.prosecdef
                                              AND ours.prosrc ~ ('\m' || p.proname || '\('))
  LOOP
    EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', found.name, found.arguments, found.result,
                   format('BEGIN PERFORM trap.note(%L); RETURN pg_catalog.%I(%s); END',
                          format('function %s(%s)', found.name, found.arguments), found.name, found.given));
  END LOOP;
END $$;

-- Values of types whose casts, checks and defaults run code, in a table that is watched for one of their columns.
CREATE TYPE trap.word AS ENUM ('a', 'b', 'c');
CREATE FUNCTION trap.shown(trap.word) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM trap.note('cast of a value');
  RETURN 'x' || random();
END $$;
CREATE CAST (trap.word AS text) WITH FUNCTION trap.shown(trap.word);
CREATE FUNCTION trap.is_right(text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM trap.note('check of a domain');
  RETURN true;
END $$;
CREATE DOMAIN trap.checked AS text CHECK (trap.is_right(VALUE));
CREATE TABLE trap.goods (id trap.word PRIMARY KEY, sku trap.word, name trap.checked);
CREATE TABLE public.bait (n integer);
INSERT INTO public.bait VALUES (1);
CREATE FUNCTION trap.counted() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  PERFORM trap.note('function of a view');
  RETURN 1;
END $$;
CREATE MATERIALIZED VIEW public.bait_view AS SELECT n, trap.counted() AS counted FROM public.bait;
CREATE UNIQUE INDEX ON public.bait_view (n);

RESET ROLE;
CREATE MATERIALIZED VIEW public.goods_seen AS SELECT id FROM trap.goods;
CREATE UNIQUE INDEX ON public.goods_seen (id);
SELECT millrace.register_view('public.goods_seen', debounce => interval '0', max_wait => interval '0');
SELECT millrace.watch('trap.goods', 'public.goods_seen', '{sku,name}');
