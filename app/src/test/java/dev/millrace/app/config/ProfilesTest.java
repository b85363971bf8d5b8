package dev.millrace.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilesTest {
  private final Map<String, String> environment;
  private final Path file;

  ProfilesTest(@TempDir Path home) throws IOException {
    environment = Map.of("XDG_CONFIG_HOME", home.toString());
    file = Files.createDirectory(home.resolve("millrace")).resolve("profiles");
  }

  private void write(String text, String mode) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void a_profile_has_an_address_and_a_key() throws IOException {
    write(
        """
        # two of them
        [test]
        url = http://127.0.0.1:8081

        [production]
          url=https://jobs.example.com
          key = mr_abc_secret=
        """,
        "rw-------");
    Profiles.Profile production = Profiles.find(environment, "production");
    assertThat(production.url()).contains("https://jobs.example.com");
    assertThat(production.key()).contains(new Secret("mr_abc_secret="));
    assertThat(Profiles.find(environment, "test"))
        .isEqualTo(new Profiles.Profile(Optional.of("http://127.0.0.1:8081"), Optional.empty()));
    assertThatThrownBy(() -> Profiles.find(environment, "staging"))
        .isInstanceOf(UserError.class)
        .hasMessage("no profile 'staging' in " + file + ", which has test, production");
  }

  @Test
  void keys_that_other_accounts_can_read_or_change_are_refused() throws IOException {
    for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----")) {
      write("[a]\nkey = secret\n", mode);
      assertThatThrownBy(() -> Profiles.find(environment, "a"))
          .as(mode)
          .hasMessage(
              "the profiles in "
                  + file
                  + " are not read: other accounts have access to its keys; run chmod 600 "
                  + file);
    }
  }

  @Test
  void a_wrong_line_is_named_and_never_shown() throws IOException {
    write("[a]\nkye = top secret\n", "rw-------");
    assertThatThrownBy(() -> Profiles.find(environment, "a"))
        .hasMessageContaining("line 2: expected [name]")
        .hasMessageNotContaining("secret");
    write("key = before any name\n", "rw-------");
    assertThatThrownBy(() -> Profiles.find(environment, "a")).hasMessageContaining("line 1");
    write("[a]\n[a]\n", "rw-------");
    assertThatThrownBy(() -> Profiles.find(environment, "a"))
        .hasMessageContaining("line 2: the profile 'a' is there twice");
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> Profiles.find(environment, "a"))
        .isInstanceOf(UserError.class)
        .hasMessage("no profile 'a': there is no file " + file);
  }
}
