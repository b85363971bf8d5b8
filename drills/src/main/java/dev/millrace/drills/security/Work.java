package dev.millrace.drills.security;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.job.JobKind;
import dev.millrace.json.Json;
import java.time.Duration;

/** Jobs that a queue worker of the drill does for an attacker. */
final class Work {
  private static final Duration WITHIN = Duration.ofSeconds(60);

  private Work() {}

  static <P> long enqueue(TestBed testBed, JobKind<P> kind, P payload) {
    return testBed.number(
        "SELECT job_id FROM millrace.enqueue(?, ?::jsonb)", kind.name(), Json.write(payload));
  }

  /** What the job says when it has ended; says why it failed, if it has. */
  static JsonNode result(TestBed testBed, long job) {
    testBed
        .waits()
        .await(
            "job " + job + " ends",
            WITHIN,
            () ->
                testBed.number(
                        "SELECT count(*) FROM millrace.jobs WHERE id = ? AND finished_at IS NOT NULL",
                        job)
                    == 1);
    return Json.tree(
        testBed
            .texts(
                "SELECT coalesce(result, jsonb_build_object('failed', error))::text FROM millrace.jobs WHERE id = ?",
                job)
            .get(0));
  }
}
