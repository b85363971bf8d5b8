package dev.millrace.stats.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.JobHandler;
import dev.millrace.job.NewJob;
import dev.millrace.mv.job.MvHandlers;
import dev.millrace.stats.StatsSettings;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a role can reach that may create objects in {@code public}, or read one view of ours. */
class ForeignFunctionTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(15));
  private final String attacker = "attacker_" + System.nanoTime();

  @BeforeEach
  void attack() {
    execute(
        "CREATE ROLE " + attacker,
        "GRANT CREATE, USAGE ON SCHEMA public TO " + attacker,
        "CREATE TABLE public.caught (what text)",
        "GRANT INSERT ON public.caught TO PUBLIC",
        "SET ROLE " + attacker,
        "CREATE FUNCTION public.format(text, regnamespace, name) RETURNS text LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO public.caught VALUES ('format'); RETURN 'public.' || $3::text; END $$",
        "CREATE FUNCTION public.joins(name, name) RETURNS text LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO public.caught VALUES ('name'); RETURN $1::text; END $$",
        "CREATE OPERATOR public.|| (LEFTARG = name, RIGHTARG = name, FUNCTION = public.joins)",
        "CREATE FUNCTION public.joins(integer, text) RETURNS text LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO public.caught VALUES ('integer'); RETURN $2; END $$",
        "CREATE OPERATOR public.|| (LEFTARG = integer, RIGHTARG = text, FUNCTION = public.joins)",
        "CREATE FUNCTION public.joins(bigint, text) RETURNS text LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO public.caught VALUES ('bigint'); RETURN pg_catalog.textcat($1::text, $2); END $$",
        "CREATE OPERATOR public.|| (LEFTARG = bigint, RIGHTARG = text, FUNCTION = public.joins)",
        "CREATE FUNCTION public.pg_advisory_xact_lock(integer) RETURNS void LANGUAGE sql AS"
            + " $$ INSERT INTO public.caught VALUES ('lock') $$",
        "CREATE FUNCTION public.update_power_ratings() RETURNS void LANGUAGE sql AS"
            + " $$ INSERT INTO public.caught VALUES ('stats function') $$",
        "RESET ROLE");
    List<JobHandler<?>> handlers =
        new ArrayList<>(StatsHandlers.all(millrace.jdbi, StatsSettings.DEFAULT));
    handlers.addAll(MvHandlers.all(millrace.work));
    millrace.worker(2, handlers.toArray(JobHandler<?>[]::new));
  }

  @AfterEach
  void close() {
    execute("DROP OWNED BY " + attacker, "DROP ROLE " + attacker);
    millrace.close();
  }

  @Test
  void a_function_created_later_by_another_role_is_not_run() {
    execute("DELETE FROM millrace.stats_functions WHERE function_name <> 'update_power_ratings'");
    long job = millrace.count("SELECT job_id FROM millrace.enqueue_stats('admin')");
    awaitEnd(job);
    assertThat(millrace.text("SELECT error FROM millrace.stats_runs WHERE job_id = ?", job))
        .contains("update_power_ratings() belongs to " + attacker);
    nothingCaught();
  }

  @Test
  void a_function_may_belong_to_the_role_that_registered_it() {
    execute(
        "DELETE FROM millrace.stats_functions WHERE function_name <> 'update_power_ratings'",
        "UPDATE millrace.stats_functions SET registered_by = '" + attacker + "'");
    long job = millrace.count("SELECT job_id FROM millrace.enqueue_stats('admin')");
    awaitEnd(job);
    assertThat(millrace.state(job)).isEqualTo("completed");
  }

  @Test
  void a_refresh_function_of_another_role_is_not_run() {
    execute("SELECT millrace.register_view('public.update_power_ratings')");
    long job = refresh("public.update_power_ratings");
    assertThat(millrace.state(job)).isEqualTo("failed");
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", job))
        .contains("belongs to " + attacker);
    nothingCaught();
  }

  @Test
  void a_better_match_in_public_is_not_called_by_a_refresh() {
    execute("CREATE MATERIALIZED VIEW public.mv_one AS SELECT 1 AS one");
    assertThat(millrace.state(refresh("public.mv_one"))).isEqualTo("completed");
    nothingCaught();
  }

  @Test
  void a_refresh_function_reads_names_under_the_path_of_the_database() {
    execute(
        "CREATE TABLE public.bare (n integer)",
        "CREATE FUNCTION public.fill_bare() RETURNS void LANGUAGE plpgsql AS"
            + " 'BEGIN INSERT INTO bare VALUES (1); END'",
        "SELECT millrace.register_view('public.fill_bare')",
        "DELETE FROM millrace.stats_functions",
        "SELECT millrace.register_stats_function('public.fill_bare')");
    assertThat(millrace.state(refresh("public.fill_bare"))).isEqualTo("completed");
    awaitEnd(millrace.count("SELECT job_id FROM millrace.enqueue_stats('admin')"));
    assertThat(millrace.count("SELECT count(*) FROM public.bare")).isEqualTo(2);
    nothingCaught();
  }

  @Test
  void a_reader_of_stats_jobs_sees_no_payload_of_others() {
    execute(
        "INSERT INTO millrace.jobs (kind, payload, state, finished_at, error)"
            + " VALUES ('secret.kind', '{\"secret\": 1}', 'failed', now(), 'a secret')",
        "CREATE FUNCTION public.tells(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000000001 AS"
            + " $$ BEGIN IF $1 LIKE '%secret%' THEN RAISE 'saw %', $1; END IF; RETURN true; END $$",
        "CREATE FUNCTION public.tells(jsonb) RETURNS boolean LANGUAGE plpgsql COST 0.0000000001 AS"
            + " $$ BEGIN IF $1 ->> 'secret' IS NOT NULL THEN RAISE 'saw %', $1; END IF; RETURN true; END $$",
        "SET enable_indexscan = off; SET enable_bitmapscan = off",
        "SELECT id FROM public.background_job_status WHERE public.tells(payload)",
        "SELECT id FROM public.background_job_status WHERE public.tells(error_message)",
        "GRANT USAGE ON SCHEMA public TO millrace_readonly",
        "SET LOCAL ROLE millrace_readonly",
        "SELECT id FROM public.background_job_status WHERE public.tells(payload)",
        "SELECT id FROM public.background_job_status WHERE public.tells(error_message)",
        "RESET ALL");
  }

  @Test
  void security_definer_functions_are_not_public() {
    for (String function : List.of("change_background_job_status")) {
      assertThatThrownBy(
              () ->
                  execute(
                      "CREATE TABLE IF NOT EXISTS public.theirs (n integer)",
                      "ALTER TABLE public.theirs OWNER TO " + attacker,
                      "GRANT USAGE ON SCHEMA millrace TO " + attacker,
                      "SET LOCAL ROLE " + attacker,
                      "CREATE TRIGGER t AFTER UPDATE ON public.theirs EXECUTE FUNCTION millrace."
                          + function
                          + "()"))
          .as(function)
          .hasMessageContaining("permission denied for function")
          .hasMessageContaining(function);
    }
  }

  private void execute(String... statements) {
    millrace.jdbi.useTransaction(
        handle -> {
          for (String statement : statements) {
            handle.execute(statement);
          }
        });
  }

  private long refresh(String view) {
    long job =
        millrace
            .client
            .enqueue(NewJob.of("mv.refresh", "{\"views\": [\"" + view + "\"]}").withMaxAttempts(1))
            .jobId();
    awaitEnd(job);
    return job;
  }

  private void awaitEnd(long job) {
    WorkerFixture.await().until(() -> List.of("completed", "failed").contains(millrace.state(job)));
  }

  private void nothingCaught() {
    assertThat(millrace.count("SELECT count(*) FROM public.caught")).isZero();
  }
}
