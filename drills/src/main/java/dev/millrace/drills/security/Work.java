package dev.millrace.drills.security;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.drills.stage.Stage;
import dev.millrace.job.JobKind;
import dev.millrace.json.Json;
import java.time.Duration;

/** Jobs that a queue worker of the drill does for an attacker. */
final class Work {
  private static final Duration SOON = Duration.ofSeconds(60);

  private Work() {}

  static <P> long enqueue(Stage stage, JobKind<P> kind, P payload) {
    return stage.number(
        "SELECT job_id FROM millrace.enqueue(?, ?::jsonb)", kind.name(), Json.write(payload));
  }

  /** What the job says when it has ended; says why it failed, if it has. */
  static JsonNode result(Stage stage, long job) {
    stage.await(
        "job " + job + " ends",
        SOON,
        () ->
            stage.number(
                    "SELECT count(*) FROM millrace.jobs WHERE id = ? AND finished_at IS NOT NULL",
                    job)
                == 1);
    return Json.tree(
        stage
            .texts(
                "SELECT coalesce(result, jsonb_build_object('failed', error))::text FROM millrace.jobs WHERE id = ?",
                job)
            .get(0));
  }
}
