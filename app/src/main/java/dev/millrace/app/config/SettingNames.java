package dev.millrace.app.config;

import dev.millrace.stats.Flag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds variables that look like settings and are none: misspelt ones, and those of other systems.
 */
public final class SettingNames {
  private static final Set<String> KNOWN = known();

  /** The first parts of our names; other programs use none of them. */
  private static final List<String> PREFIXES =
      List.of(
          "MILLRACE_", "USE_BG_JOBS_", "CACHE_INVALIDATION_", "SYNC_INTERVAL_", "ALERT_WEBHOOK_");

  /** Set for the script, the tests, the benchmark and the drills. */
  private static final List<String> TOOLS =
      List.of("MILLRACE_JAVA_OPTS", "MILLRACE_DRILL_", "MILLRACE_BENCH_", "MILLRACE_TEST_");

  /** Names of the documented systems that have another name here. */
  private static final Map<String, String> REPLACED =
      Map.of(
          "SUPABASE_URL", "set DATABASE_URL to the database's address",
          "SUPABASE_SERVICE_ROLE_KEY", "DATABASE_URL contains the password of the database");

  /** The shortest name that is compared with ours. */
  private static final int SHORTEST = 8;

  private static final int MOST_EDITS = 2;

  private SettingNames() {}

  private static Set<String> known() {
    Set<String> names =
        new TreeSet<>(
            Set.of(
                "DATABASE_URL",
                "REDIS_URL",
                "MILLRACE_CORS_ORIGINS",
                "MILLRACE_READ_ONLY",
                "OIDC_ISSUER",
                "OIDC_AUDIENCE",
                "OIDC_ROLE_CLAIM",
                "OIDC_ROLES",
                "MILLRACE_SESSION_IDLE_MINUTES",
                "MILLRACE_SESSION_HOURS",
                "MILLRACE_COMMANDS_PER_MINUTE",
                "MILLRACE_AUDIT_DAYS",
                "TRUSTED_PROXIES",
                "MILLRACE_HOST",
                "MILLRACE_METRICS_HOST",
                "MILLRACE_METRICS_PORT",
                "MILLRACE_PORT",
                "MILLRACE_PROFILE",
                "MILLRACE_URL",
                "MILLRACE_DATA_DIR",
                "MILLRACE_ADMIN_KEY",
                "MILLRACE_CONCURRENCY",
                "MILLRACE_RELEASE",
                "MILLRACE_STATS_PARALLEL",
                "MILLRACE_LOG",
                "WORKER_ID",
                "QUEUE_NAME",
                "SYNC_DELETE_VANISHED",
                "SYNC_INTERVAL_HOURS",
                "MASTER_SHEET_URL",
                "SYNC_MAX_LOST_PERCENT",
                "SYNC_REDIS_PREFIX",
                "RETRY_AFTER_MAX_SECONDS",
                "GOOGLE_APPLICATION_CREDENTIALS",
                "GOOGLE_SHEETS_ROOT_URL",
                "GOOGLE_TOKEN_URL",
                "CACHE_INVALIDATION_URL",
                "CACHE_INVALIDATION_PATH",
                "NEXT_PUBLIC_APP_URL",
                "INTERNAL_API_KEY",
                "LEGACY_STATS_URL",
                "ALERT_WEBHOOK_URL",
                "ALERT_WEBHOOK_SECRET",
                "ALERT_AFTER_FAILURES",
                "DISABLE_MV_WORKER",
                "MV_MAX_WORKERS",
                "MV_VIEWS_FILE"));
    names.addAll(Flag.names());
    SecretFiles.SECRETS.forEach(secret -> names.add(SecretFiles.variable(secret)));
    return names;
  }

  /** Whether a variable of that name is read. */
  static boolean isKnown(String name) {
    return KNOWN.contains(name);
  }

  /** A sentence for each variable that is not read although its name says that it should be. */
  public static List<String> warnings(Map<String, String> variables) {
    List<String> warnings = new ArrayList<>();
    new TreeMap<>(variables)
        .forEach(
            (name, text) -> {
              if (!text.isBlank() && !KNOWN.contains(name)) {
                warning(name).ifPresent(warnings::add);
              }
            });
    return warnings;
  }

  private static Optional<String> warning(String name) {
    String replaced = REPLACED.get(name);
    if (replaced != null) {
      return Optional.of(name + " is not read: " + replaced);
    }
    if (name.length() < SHORTEST || TOOLS.stream().anyMatch(name::startsWith)) {
      return Optional.empty();
    }
    String nearest =
        KNOWN.stream().min(Comparator.comparingInt(known -> edits(name, known))).orElseThrow();
    boolean near = edits(name, nearest) <= MOST_EDITS;
    return near || PREFIXES.stream().anyMatch(name::startsWith)
        ? Optional.of(name + " is no setting and is not read; the nearest setting is " + nearest)
        : Optional.empty();
  }

  /** The fewest letters to insert, delete, change or swap with the next one. */
  static int edits(String from, String to) {
    int[][] costs = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        costs[i][j] = i == 0 || j == 0 ? i + j : cost(costs, from, to, i, j);
      }
    }
    return costs[from.length()][to.length()];
  }

  private static int cost(int[][] costs, String from, String to, int i, int j) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int least =
        Math.min(
            costs[i - 1][j - 1] + (same ? 0 : 1), Math.min(costs[i - 1][j], costs[i][j - 1]) + 1);
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(least, costs[i - 2][j - 2] + 1) : least;
  }
}
