-- What may be in a payload, and how two are made one; called by millrace.enqueue.

-- Refuses a payload with a field that the kind's record has not, or whose value has another type: numbers with a fraction or beyond
-- the type are refused too, and the boxed types are known as well. fields: [{name, type}] as a queue worker told; types it does not
-- know are the handler's to check.
CREATE OR REPLACE FUNCTION millrace.check_payload(kind text, payload jsonb, fields jsonb) RETURNS void LANGUAGE plpgsql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  field record;
BEGIN
  IF jsonb_array_length(check_payload.fields) = 0 THEN
    RETURN;
  END IF;
  FOR field IN
    SELECT sent.key, sent.value, known.type, jsonb_typeof(sent.value) AS shape
      FROM jsonb_each(check_payload.payload) sent
      LEFT JOIN jsonb_to_recordset(check_payload.fields) AS known (name text, type text) ON known.name = sent.key
     ORDER BY sent.key
  LOOP
    IF field.type IS NULL THEN
      RAISE EXCEPTION 'payload: % has no field ''%''; known: %', check_payload.kind, field.key,
        (SELECT string_agg(known.name, ', ' ORDER BY n)
           FROM jsonb_array_elements(check_payload.fields) WITH ORDINALITY AS item (value, n)
          CROSS JOIN LATERAL (SELECT item.value->>'name' AS name) known)
        USING ERRCODE = '22023';
    END IF;
    IF field.shape <> 'null' AND NOT (CASE
         WHEN field.type = 'String' THEN field.shape = 'string'
         WHEN field.type IN ('boolean', 'Boolean') THEN field.shape = 'boolean'
         WHEN field.type = 'List' THEN field.shape = 'array'
         WHEN field.type = 'Map' THEN field.shape = 'object'
         WHEN field.type IN ('double', 'Double') THEN field.shape = 'number'
         WHEN field.type IN ('int', 'Integer', 'long', 'Long') THEN
           CASE WHEN field.shape = 'number' THEN
             (field.value #>> '{}')::numeric = trunc((field.value #>> '{}')::numeric)
             AND (field.value #>> '{}')::numeric BETWEEN
                   CASE WHEN field.type IN ('int', 'Integer') THEN -2147483648 ELSE -9223372036854775808 END
                   AND CASE WHEN field.type IN ('int', 'Integer') THEN 2147483647 ELSE 9223372036854775807 END
           ELSE false END
         ELSE true END) THEN
      RAISE EXCEPTION 'payload.%: must be of type %, was %', field.key, field.type, left(field.value::text, 100) USING ERRCODE = '22023';
    END IF;
  END LOOP;
END $$;

-- Two payloads as one: fields of the newer win, arrays are joined without doubles, in the order of their first appearance.
CREATE OR REPLACE FUNCTION millrace.payload_union(older jsonb, newer jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(key, value), '{}')
    FROM (
      SELECT coalesce(o.key, n.key) AS key,
             CASE
               WHEN jsonb_typeof(o.value) = 'array' AND jsonb_typeof(n.value) = 'array' THEN (
                 SELECT coalesce(jsonb_agg(item ORDER BY first), '[]')
                   FROM (SELECT item, min(place) AS first
                           FROM jsonb_array_elements(o.value || n.value) WITH ORDINALITY AS both_arrays (item, place)
                          GROUP BY item) items)
               ELSE coalesce(n.value, o.value)
             END AS value
        FROM jsonb_each(older) o FULL JOIN jsonb_each(newer) n ON n.key = o.key) fields
$$;

REVOKE ALL ON FUNCTION millrace.check_payload, millrace.payload_union FROM PUBLIC;
