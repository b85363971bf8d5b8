package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.log.Output;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace user} and {@code millrace key} against a running installation. */
class AccountCommandsTest {
  private record Ran(int code, String out, String err) {}

  private static Ran run(Installation millrace, String key, String input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", millrace.address().toString()));
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      int code =
          Main.command(Map.of("MILLRACE_ADMIN_KEY", key), Output.visible(out), Output.visible(err))
              .execute(all.toArray(String[]::new));
      return new Ran(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void users_and_keys_are_added_listed_and_taken_away(@TempDir Path directory) {
    try (Installation millrace = new Installation(directory)) {
      String admin = millrace.node().adminKey().value();
      String password = "a password of the test\n";
      Ran added = run(millrace, admin, password, "user", "add", "ada", "--role", "operator");
      assertThat(added.code()).as(added.err()).isZero();
      assertThat(added.out()).isEqualToIgnoringNewLines("user ada added with the role operator");
      assertThat(run(millrace, admin, "short\n", "user", "add", "bob", "--role", "viewer").code())
          .isEqualTo(1);
      assertThat(run(millrace, admin, "", "user", "add", "bob", "--role", "viewer").err())
          .contains("no password");
      assertThat(run(millrace, admin, "", "user", "list").out()).contains("ada", "operator");
      assertThat(run(millrace, admin, password, "user", "password", "ada").code()).isZero();
      assertThat(run(millrace, admin, "", "user", "link", "ada").out())
          .matches("(?s)http://[^ ]+/admin/login#link=[A-Za-z0-9_-]{43}\\s*");
      assertThat(run(millrace, admin, "", "user", "disable", "ada").out()).contains("disabled");
      assertThat(run(millrace, admin, "", "user", "disable", "ada").code()).isEqualTo(1);

      String key =
          run(
                  millrace,
                  admin,
                  "",
                  "key",
                  "add",
                  "reports",
                  "--role",
                  "viewer",
                  "--scopes",
                  "read",
                  "--days",
                  "7")
              .out()
              .strip();
      assertThat(key).startsWith("mr_");
      assertThat(run(millrace, key, "", "jobs").code()).isZero();
      Ran refused = run(millrace, key, "", "user", "list");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).contains("administer");
      String id = key.split("_", -1)[1];
      assertThat(run(millrace, admin, "", "key", "list").out())
          .contains(id, "reports")
          .doesNotContain(key);
      assertThat(run(millrace, admin, "", "key", "revoke", id).code()).isZero();
      assertThat(run(millrace, key, "", "jobs").code()).isEqualTo(1);
    }
  }
}
