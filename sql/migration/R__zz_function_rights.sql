-- Runs after the other repeatable migrations. Functions that stand only in a numbered migration get their search path here; those of a
-- repeatable migration name it themselves, because a new version of such a file would take it away again. FunctionRightsTest lists them all.
-- A fixed path, because a call that the caller's path resolves may be another function or operator than ours; pg_temp last, because it is
-- otherwise searched first.
ALTER FUNCTION millrace.apply_schedule_profile(text, text[]) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.background_worker_settings() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.change_background_job_status() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.check_payload(text, jsonb, jsonb) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.enqueue_stats(text, text, text, text) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.hand_over_cache_tags(bigint) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.note_background_worker_change() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.payload_union(jsonb, jsonb) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.reads(oid) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.refuse_setting(boolean, text, text, text) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.retry_stats(bigint, boolean) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.seed_background_worker(text, jsonb) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.send_cache_invalidation(bigint) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.stats_queue() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.tell_stats_queue(text) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION millrace.unindexed_keys(oid) SET search_path = pg_catalog, pg_temp;

-- Ours are for Millrace's own role, and for roles that are given EXECUTE by name.
REVOKE ALL ON FUNCTION
  millrace.adopt_requests(),
  millrace.apply_schedule_profile(text, text[]),
  millrace.background_worker_settings(),
  millrace.change_background_job_status(),
  millrace.change_mark(oid),
  millrace.change_table(oid, text[]),
  millrace.check_payload(text, jsonb, jsonb),
  millrace.column_numbers(oid, text[]),
  millrace.drop_triggers(bigint),
  millrace.drop_unbegun_runs(),
  millrace.drop_watch(bigint),
  millrace.enqueue_stats(text, text, text, text),
  millrace.function_now(text, text, text, oid),
  millrace.function_of(text),
  millrace.function_oid(text),
  millrace.hand_over_cache_tags(bigint),
  millrace.known_stats_function(text, text),
  millrace.known_view(text),
  millrace.lock_holders(oid),
  millrace.make_triggers(bigint),
  millrace.make_triggers(bigint, boolean),
  millrace.note_background_worker_change(),
  millrace.payload_union(jsonb, jsonb),
  millrace.poll_counters(),
  millrace.preflight(text),
  millrace.reads(oid),
  millrace.refuse_setting(boolean, text, text, text),
  millrace.register_stats_function(text, text[], interval, boolean, text),
  millrace.register_view,
  millrace.relation_oid(text, text),
  millrace.resolve_views(boolean),
  millrace.retry_stats(bigint, boolean),
  millrace.seed_background_worker(text, jsonb),
  millrace.send_cache_invalidation(bigint),
  millrace.stats_queue(),
  millrace.tell_stats_queue(text),
  millrace.this_database(),
  millrace.unindexed_keys(oid),
  millrace.unregister_stats_function(text, text),
  millrace.unregister_view(text),
  millrace.unwatch(text, text),
  millrace.view_now(text, text, text, oid),
  millrace.view_of(text),
  millrace.view_oid(text),
  millrace.wanted_triggers(bigint),
  millrace.watch(text, text, text[], text),
  millrace.watch_fault(millrace.mv_watches),
  millrace.watch_once(text, text, text[], text),
  millrace.watch_table(oid, text, text[], text),
  millrace.written_function(oid),
  millrace.written_relation(oid),
  millrace.wrong_triggers(bigint)
  FROM PUBLIC;

-- Appends one row to the requests, which the leader bounds: an application calls it with nothing but USAGE of the schema.
GRANT EXECUTE ON FUNCTION millrace.request_refresh(text) TO PUBLIC;
