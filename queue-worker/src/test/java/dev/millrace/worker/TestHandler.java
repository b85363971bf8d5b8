package dev.millrace.worker;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryPolicy;
import java.time.Duration;

/** A handler made of a lambda; its jobs carry a number. */
record TestHandler(JobKind<Payload> kind, Body body) implements JobHandler<TestHandler.Payload> {

  /** The payload of a test's job. */
  record Payload(int number) {}

  /** The code of the handler. */
  @FunctionalInterface
  interface Body {
    Outcome run(int number, JobContext context) throws Exception;
  }

  static TestHandler of(String kind, Body body) {
    RetryPolicy soon =
        new RetryPolicy(RetryPolicy.Shape.FIXED, Duration.ofMillis(50), Duration.ofMillis(50));
    return new TestHandler(JobKind.of(kind, Payload.class).withRetry(soon), body);
  }

  @Override
  public Outcome run(Payload payload, JobContext context) throws Exception {
    return body.run(payload.number(), context);
  }
}
