package dev.millrace.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingNamesTest {
  private static List<String> warnings(String... names) {
    Map<String, String> variables = new HashMap<>();
    for (String name : names) {
      variables.put(name, "x");
    }
    return SettingNames.warnings(variables);
  }

  @Test
  void a_misspelt_setting_is_warned_of_with_the_nearest_one() {
    assertThat(warnings("SYNC_INTERVAL_HOUR", "MILLRACE_PROT", "MILLRACE_THREADS", "DATABSE_URL"))
        .containsExactly(
            "DATABSE_URL is no setting and is not read; the nearest setting is DATABASE_URL",
            "MILLRACE_PROT is no setting and is not read; the nearest setting is MILLRACE_PORT",
            "MILLRACE_THREADS is no setting and is not read; the nearest setting is MILLRACE_RELEASE",
            "SYNC_INTERVAL_HOUR is no setting and is not read; the nearest setting is"
                + " SYNC_INTERVAL_HOURS");
  }

  @Test
  void settings_of_the_earlier_worker_name_what_replaces_them() {
    assertThat(warnings("SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"))
        .containsExactly(
            "SUPABASE_SERVICE_ROLE_KEY is not read: DATABASE_URL contains the password of the database",
            "SUPABASE_URL is not read: set DATABASE_URL to the database's address");
  }

  @Test
  void settings_and_variables_of_other_programs_are_not_warned_of() {
    assertThat(
            warnings(
                "PATH",
                "HOME",
                "LANG",
                "NODE_ENV",
                "PGHOST",
                "JAVA_HOME",
                "HOSTNAME",
                "USERNAME",
                "MILLRACE_JAVA_OPTS",
                "MILLRACE_URL",
                "NEXT_PUBLIC_APP_URL",
                "USE_BG_JOBS_CRON"))
        .isEmpty();
    assertThat(SettingNames.warnings(Map.of("SYNC_INTERVAL_HOUR", " "))).isEmpty();
  }

  @Test
  void every_setting_that_the_code_reads_is_known() throws IOException {
    Pattern read =
        Pattern.compile("(?:read|readHidden|number|flag|require|find)\\(\\s*\"([A-Z_]+)\"");
    Path sources = Path.of("src/main/java/dev/millrace/app/config");
    try (var files = Files.list(sources)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        assertThat(read.matcher(Files.readString(file)).results().map(found -> found.group(1)))
            .as(file.toString())
            .allMatch(SettingNames::isKnown);
      }
    }
  }
}
