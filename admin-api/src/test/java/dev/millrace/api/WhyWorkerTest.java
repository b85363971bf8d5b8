package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.NewJob;
import dev.millrace.mv.Views;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Why background workers and views do not run or are not fresh. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhyWorkerTest {
  private static final String WORKER = "/api/admin/workers/inventory-mv-refresh";
  private static final String VIEWS = "/api/admin/materialized-views/";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void clean() {
    api.clear();
    api.kindIsKnown("mv.refresh", "[]");
    set("kind = 'mv.refresh'");
    api.sql("DELETE FROM millrace.fires");
    api.sql("DELETE FROM millrace.scheduler_nodes");
    api.sql(
        "INSERT INTO millrace.scheduler_nodes (node, host, pid, clock_skew_ms, checked_in_at) VALUES ('node-1', 'here', 1, 0, now() + interval '1 hour')");
    api.sql(
        "UPDATE public.background_workers SET next_run_at = clock_timestamp() + interval '1 hour'");
    api.sql("SELECT count(millrace.unregister_view(view_name)) FROM millrace.mv_views");
    api.sql("TRUNCATE millrace.mv_views, millrace.mv_requests CASCADE");
    api.sql("DROP TABLE IF EXISTS public.part CASCADE");
    api.sql("CREATE TABLE public.part (id integer PRIMARY KEY)");
    api.sql("CREATE MATERIALIZED VIEW public.lower_view AS SELECT id FROM public.part");
    api.sql("CREATE MATERIALIZED VIEW public.upper_view AS SELECT id FROM public.lower_view");
    api.sql("UPDATE millrace.queue_workers SET state = 'running'");
  }

  @AfterAll
  void close() {
    api.close();
  }

  private JsonNode reasons(String path, String codes, String says) {
    JsonNode reasons = api.get(path + "/why").json().path("reasons");
    assertThat(reasons.findValuesAsText("code"))
        .as("%s", reasons)
        .isEqualTo(List.of(codes.split(" ")));
    assertThat(reasons.at("/0/message").asText()).containsPattern(says);
    return reasons;
  }

  private JsonNode worker(String codes, String says) {
    return reasons(WORKER, codes, says);
  }

  private JsonNode view(String name, String codes, String says) {
    return reasons(VIEWS + name, codes, says);
  }

  private void set(String columns) {
    api.sql(
        "UPDATE public.background_workers SET "
            + columns
            + " WHERE worker_name = 'inventory_mv_refresh'");
  }

  @Test
  void a_worker_in_order_waits_for_its_next_run() {
    assertThat(
            worker("not_due", "^its next run is due at 20.*Z, in (59 min|1 h 0 min)$")
                .at("/0/until")
                .asText())
        .endsWith("Z");
    set("next_run_at = NULL");
    worker("no_next_run", "^no scheduler has computed its next run$");
    assertThat(api.get("/api/admin/workers/nothing/why").status()).isEqualTo(404);
  }

  @Test
  void a_paused_worker_names_the_person_and_the_reason() {
    api.post(WORKER + "/pause", "{\"by\": \"ada\", \"reason\": \"a release\"}");
    worker("disabled", "^its schedule is disabled by ada since 20.*Z because: a release$");
  }

  @Test
  void a_late_worker_without_a_scheduler_says_both() {
    set("next_run_at = clock_timestamp() - interval '200 s'");
    api.sql("UPDATE millrace.scheduler_nodes SET checked_in_at = now() - interval '200 s'");
    JsonNode reasons = worker("late no_scheduler", "^its run of 20.*Z is late by 3 min \\d+ s$");
    assertThat(reasons.at("/1/message").asText())
        .startsWith("no scheduler has checked in since 20")
        .endsWith(": no schedule is fired");
  }

  @Test
  void a_worker_without_kind_or_schedule_says_so() {
    set("cron = NULL, interval_seconds = NULL");
    worker("no_schedule", "it runs on request only$");
    set("kind = NULL");
    worker("no_kind", "^it has no kind");
  }

  @Test
  void a_worker_whose_lane_is_unserved_and_whose_runs_fail_says_both() {
    set("runs_error_in_row = 3, last_error_message = 'division by zero'");
    api.sql("UPDATE millrace.queue_workers SET state = 'draining'");
    JsonNode reasons =
        worker("failing unserved not_due", "^the last 3 runs failed: division by zero$");
    assertThat(reasons.at("/1/message").asText()).startsWith("no queue worker serves kind ");
  }

  @Test
  void a_worker_with_a_run_gives_the_reasons_of_its_job() {
    long job =
        api.client
            .enqueue(
                NewJob.of("mv.refresh", "{\"views\": [\"lower_view\"]}")
                    .forBackgroundWorker("inventory_mv_refresh"))
            .jobId();
    JsonNode reasons =
        worker("has_run ready not_due", "^job " + job + " is its run and is queued$");
    assertThat(reasons.at("/0/link").asText()).isEqualTo("/api/admin/jobs/" + job + "/why");
    api.sql(
        "INSERT INTO millrace.fires (schedule, fire_time, outcome, node)"
            + " VALUES ('inventory_mv_refresh', now(), 'overlapped', 'node-1')");
    api.claim("mv.refresh");
    reasons = worker("has_run running slot_left_out not_due", "and is processing$");
    assertThat(reasons.at("/2/message").asText()).endsWith("the run before had not ended");
  }

  @Test
  void a_slot_that_no_scheduler_fired_was_left_out() {
    api.sql(
        "INSERT INTO millrace.fires (schedule, fire_time, outcome, node)"
            + " VALUES ('inventory_mv_refresh', now(), 'misfired', 'node-1')");
    worker(
        "slot_left_out not_due", "^its slot of 20.*Z was left out: no scheduler ran at that time$");
  }

  private void register(String name, String settings) {
    assertThat(api.put(VIEWS + name, settings).status()).isEqualTo(200);
    api.sql("TRUNCATE millrace.mv_requests");
  }

  private void request(String name) {
    api.sql("INSERT INTO millrace.mv_requests (view_name) VALUES (?)", name);
  }

  @Test
  void a_view_that_nothing_asks_for_says_so_and_a_disabled_one_too() {
    register("lower_view", "{}");
    view("lower_view", "fresh", "^no request is there, no table is watched for it");
    register("lower_view", "{\"enabled\": false}");
    view("public.lower_view", "disabled", "^its refresh is disabled$");
    assertThat(api.get(VIEWS + "nowhere/why").status()).isEqualTo(404);
  }

  @Test
  void a_requested_view_collects_changes_and_then_waits_for_a_scheduler() {
    register("lower_view", "{\"debounce_seconds\": 600, \"max_wait_seconds\": 600}");
    request("lower_view");
    view(
        "lower_view",
        "not_due",
        "^it is not due until 20.*Z, for .*: changes are collected since 20");
    api.sql("UPDATE millrace.mv_requests SET at_once = true");
    api.sql("DELETE FROM millrace.scheduler_nodes");
    view("lower_view", "due no_scheduler", "^it has been due since 20.*, and a scheduler enqueues");
  }

  @Test
  void a_view_waits_for_the_view_that_it_reads() {
    register("lower_view", "{\"debounce_seconds\": 0}");
    register("upper_view", "{\"debounce_seconds\": 0}");
    request("lower_view");
    request("upper_view");
    JsonNode reasons =
        view(
            "upper_view",
            "waits_for_upstream due",
            "^it waits for lower_view, which it reads and which is due$");
    assertThat(reasons.at("/0/link").asText()).isEqualTo(VIEWS + "lower_view/why");
  }

  @Test
  void a_view_with_a_job_gives_the_reasons_of_its_job() {
    register("lower_view", "{}");
    long job = api.client.enqueue(Views.job("lower_view")).jobId();
    api.post(
        "/api/admin/pauses",
        "{\"kind\": \"mv.refresh\", \"paused_by\": \"ada\", \"reason\": \"a release\"}");
    view("lower_view", "has_job paused", "^job " + job + " refreshes it and is queued$");
    api.sql("DELETE FROM millrace.pauses");
  }

  @Test
  void a_view_whose_watch_has_lost_its_triggers_does_not_see_changes() {
    register("lower_view", "{}");
    assertThat(api.put(VIEWS + "lower_view/watches/public.part", "{}").status()).isEqualTo(200);
    api.sql("ALTER TABLE public.part DISABLE TRIGGER USER");
    api.sql("TRUNCATE millrace.mv_requests");
    JsonNode reasons = api.get(VIEWS + "lower_view/why").json().path("reasons");
    assertThat(reasons.at("/0/code").asText()).as("%s", reasons).isEqualTo("changes_not_seen");
    assertThat(reasons.at("/0/message").asText()).contains("its triggers are gone or disabled");
  }

  @Test
  void a_view_that_is_gone_is_missing() {
    register("lower_view", "{}");
    api.sql("DROP MATERIALIZED VIEW public.lower_view CASCADE");
    view("lower_view", "missing", "^there is no such materialized view any more$");
  }
}
