package dev.millrace.job;

import java.util.Locale;

/** What had a job enqueued. It is kept on the job, for its handler and for those who read it. */
public enum Trigger {
  /** A slot of a schedule, or the age of a view. */
  SCHEDULE,
  /** An admin's "run now" of a background worker. */
  MANUAL,
  /** The HTTP API, also behind {@code ./millrace enqueue}; the default of {@link NewJob}. */
  API,
  /** A command line. Millrace sets it nowhere; it is for callers that enqueue from theirs. */
  CLI,
  /** {@code millrace.enqueue} in an application's transaction, unless the call says otherwise. */
  SQL,
  /** A request for a view's refresh, as a change of a watched table makes it. */
  TABLE,
  /**
   * Another job. Callbacks have it; a handler sets it on the children that it returns, by {@link
   * NewJob#triggeredBy}.
   */
  PARENT,
  /** A demonstration. Millrace sets it nowhere; it is for callers that enqueue sample jobs. */
  DEMO;

  /**
   * As SQL and JSON spell it.
   *
   * @return the name in lower case, such as {@code api}
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
