package dev.millrace.mv.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Seed;
import dev.millrace.job.Trigger;
import dev.millrace.mv.ViewStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoViewsTest {
  private final MvFixture mv = new MvFixture();

  @BeforeAll
  void fill() {
    for (int again = 0; again < 2; again++) {
      mv.execute(script("wip.sql"), script("projects.sql"));
      mv.millrace.own.useTransaction(
          handle -> {
            Seed.WIP.addTo(handle);
          });
    }
  }

  @AfterAll
  void close() {
    mv.close();
  }

  @Test
  void the_wip_views_follow_the_factory_when_their_function_is_called() {
    mv.execute("SELECT public.demo_move_wip_items(200)");
    long job = mv.views.refreshGroup("wip", Trigger.MANUAL).orElseThrow().jobId();
    await().until(() -> mv.millrace.state(job).equals("completed"));
    assertThat(
            mv.millrace.count(
                "SELECT sum(in_progress)::bigint - (SELECT count(*) FROM wip_items WHERE status = 'in_progress')"
                    + " FROM mv_wip_status_dashboard"))
        .isZero();
    assertThat(mv.status("mv_process_wip_queue").freshAsOf()).isNotNull();
    mv.execute("SELECT refresh_all_wip_views()", "SELECT refresh_process_wip_queue()");
  }

  @Test
  void votes_reach_the_feed_and_the_leaders_view() {
    mv.execute("UPDATE projects SET upvotes = upvotes + 1 WHERE id = 1");
    await().until(() -> mv.refreshes("mv_top_builders") == 1);
    mv.fresh("mv_feed_projects");
    mv.execute("DELETE FROM public.mv_refresh_log");
    for (int i = 0; i < 20; i++) {
      mv.execute("SELECT public.demo_vote(10)");
    }
    mv.execute("UPDATE projects SET upvotes = 100000 WHERE id = 10");
    await()
        .until(
            () ->
                mv.millrace.count(
                        "SELECT max(best_place) FROM mv_top_builders WHERE builder = 'builder-170'")
                    == 1);
    assertThat(mv.refreshes("mv_feed_projects")).isEqualTo(1);
    assertThat(mv.refreshes("mv_top_builders")).isEqualTo(1);
  }

  @Test
  void no_view_of_the_demo_has_a_problem() {
    assertThat(mv.views.all()).hasSizeGreaterThanOrEqualTo(5);
    for (ViewStatus view : mv.views.all()) {
      assertThat(mv.views.preflight(view.viewName())).as(view.viewName()).isEmpty();
    }
  }

  private static String script(String file) {
    try (InputStream in =
        DemoViewsTest.class.getClassLoader().getResourceAsStream("dev/millrace/sql/demo/" + file)) {
      assertThat(in).as(file).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
