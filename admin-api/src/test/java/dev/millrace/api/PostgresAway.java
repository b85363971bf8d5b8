package dev.millrace.api;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;

/** Has Postgres cut every connection to one database and take no new one. */
final class PostgresAway {
  private PostgresAway() {}

  static void from(DatabaseUrl url) {
    allow(url, false);
  }

  static void isBack(DatabaseUrl url) {
    allow(url, true);
  }

  private static void allow(DatabaseUrl url, boolean connections) {
    String name = url.jdbc().replaceFirst("\\?.*$", "").replaceFirst("^.*/", "");
    DatabaseUrl other =
        new DatabaseUrl(
            url.jdbc().replaceFirst("/" + name + "(?=\\?|$)", "/postgres"),
            url.user(),
            url.password());
    try (Database maintenance = Database.open(other, "maintenance", 1)) {
      maintenance
          .jdbi()
          .useHandle(
              handle -> {
                handle.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS " + connections);
                handle.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ?",
                    name);
              });
    }
  }
}
