package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What another session holds keeps the debouncer from one view, and from no other. */
class DebouncerStrangerTest {
  private final DatabaseUrl url = TestServices.freshDatabase();
  private final Database database = Database.openOwn(url, "test", 4);
  private final Database strangers = Database.open(url, "stranger", 2, Limits.LONG);
  private final Jdbi jdbi = strangers.jdbi();
  private final Redis redis = Redis.open(TestServices.freshRedis(), 4);
  private final MvDebouncer debouncer =
      new MvDebouncer(database.jdbi(), new QueueClient(database, redis, new ReadyJobs(redis)), 3);

  @AfterEach
  void close() {
    redis.close();
    strangers.close();
    database.close();
  }

  private static Handle with(Handle handle, String... statements) {
    List.of(statements).forEach(handle::execute);
    return handle;
  }

  private void view(String name) {
    jdbi.useHandle(
        handle ->
            with(
                handle,
                "CREATE MATERIALIZED VIEW public." + name + " AS SELECT 1 AS one",
                "CREATE UNIQUE INDEX ON public." + name + " (one)"));
  }

  private List<String> refreshes() {
    return texts("SELECT unique_key FROM millrace.jobs WHERE kind = 'mv.refresh' ORDER BY 1");
  }

  private List<String> texts(String query) {
    return jdbi.withHandle(handle -> handle.select(query).mapTo(String.class).list());
  }

  @Test
  void a_refresh_being_enqueued_elsewhere_blocks_no_other_view() {
    view("held");
    view("free");
    debouncer.run();
    jdbi.useHandle(
        handle ->
            with(handle, "INSERT INTO millrace.mv_requests (view_name) VALUES ('held'), ('free')"));
    debouncer.run();
    jdbi.useHandle(
        handle ->
            with(
                handle,
                "DELETE FROM millrace.jobs",
                "INSERT INTO millrace.kinds (kind, payload_fields, defaults) VALUES ('mv.refresh', '[]', '{}')",
                "UPDATE millrace.mv_requests SET refresh_requested_at = now() - interval '1 hour'"));
    try (Handle stranger = jdbi.open()) {
      with(
          stranger.begin(), "SELECT millrace.enqueue('mv.refresh', '{}', unique_key => 'mv:held')");
      assertThat(debouncer.run()).isEqualTo(1);
      assertThat(refreshes()).containsExactly("mv:free");
      stranger.rollback();
    }
    assertThat(debouncer.run()).isEqualTo(1);
    assertThat(refreshes()).containsExactly("mv:free", "mv:held");
  }

  @Test
  void requests_that_another_session_holds_are_adopted_when_they_are_free() {
    view("first");
    view("second");
    jdbi.useHandle(
        handle ->
            with(
                handle,
                "INSERT INTO millrace.mv_views (view_name) VALUES ('first'), ('second')",
                "SELECT millrace.resolve_views(true)",
                "INSERT INTO millrace.mv_requests (view_name) VALUES ('public.first'), ('public.second')"));
    String spellings = "SELECT view_name FROM millrace.mv_requests ORDER BY 1";
    try (Handle stranger = jdbi.open()) {
      with(
          stranger.begin(),
          "SELECT FROM millrace.mv_requests WHERE view_name = 'public.first' FOR UPDATE");
      debouncer.run();
      assertThat(texts(spellings)).containsExactly("public.first", "second");
      stranger.rollback();
    }
    debouncer.run();
    assertThat(texts(spellings)).containsExactly("first", "second");
  }
}
