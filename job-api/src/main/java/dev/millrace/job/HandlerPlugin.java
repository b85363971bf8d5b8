package dev.millrace.job;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * Handlers from a jar in the plugin folder, found by {@link java.util.ServiceLoader}. The jar names
 * its implementation in {@code META-INF/services/dev.millrace.job.HandlerPlugin}; it is built
 * against {@code millrace-job-api} and brings the other libraries that it needs inside.
 */
public interface HandlerPlugin {

  /**
   * Makes the handlers; called once when a process that runs jobs starts.
   *
   * @param context what they may use, as long as the process lives
   * @return one handler for each kind; none may have the kind of another plugin or of Millrace
   * @throws RuntimeException to refuse the start: the message should name what is missing
   */
  List<JobHandler<?>> handlers(Context context);

  /**
   * What a plugin may use.
   *
   * @param jdbi connections to Postgres that are kept for handlers, at least 2 more than jobs run
   *     at once; each is cleaned or closed when it is given back, so nothing that a handler sets in
   *     a session lasts
   * @param environment all environment variables of the process, the secrets among them
   */
  record Context(Jdbi jdbi, Map<String, String> environment) {
    /**
     * Copies the environment.
     *
     * @param jdbi connections for handlers
     * @param environment may be changed afterwards
     */
    public Context {
      environment = Map.copyOf(environment);
    }

    /** Says how many settings there are and none of them: the environment may hold secrets. */
    @Override
    public String toString() {
      return "Context[environment of " + environment.size() + " settings]";
    }
  }
}
