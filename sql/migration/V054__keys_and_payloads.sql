-- The last job of a unique key, also when it has finished: throttle and leading_edge read the whole table for it.
CREATE INDEX jobs_of_unique_key ON millrace.jobs (unique_key, created_at) WHERE unique_key IS NOT NULL;

-- Refuses a payload with a field that the kind's record has not, or whose value has another type: numbers with a fraction or beyond
-- the type are refused too, and the boxed types are known as well. fields: [{name, type}] as a queue worker told; types it does not
-- know are the handler's to check.
CREATE OR REPLACE FUNCTION millrace.check_payload(kind text, payload jsonb, fields jsonb) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
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
