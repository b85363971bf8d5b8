package dev.millrace.job;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * Handlers from a jar in the plugin folder, found by {@link java.util.ServiceLoader}. The jar names
 * its implementation in {@code META-INF/services/dev.millrace.job.HandlerPlugin}; it is built
 * against {@code millrace-core} and brings whatever else it needs inside.
 */
public interface HandlerPlugin {

  /**
   * Makes the handlers; called once when a queue worker starts.
   *
   * @throws RuntimeException to refuse the start: the message should name what is missing
   */
  List<JobHandler<?>> handlers(Context context);

  /**
   * What a plugin may use.
   *
   * @param jdbi connections to Postgres that are kept for handlers: as many as jobs run at once,
   *     and each is given back as new, so nothing that a handler sets in a session lasts
   * @param environment the settings the process was started with
   */
  record Context(Jdbi jdbi, Map<String, String> environment) {
    public Context {
      environment = Map.copyOf(environment);
    }

    /** The environment may hold secrets. */
    @Override
    public String toString() {
      return "Context[environment of " + environment.size() + " settings]";
    }
  }
}
