package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcePolicyTest {
  private static final SourcePolicy WEB =
      new SourcePolicy(Set.of("http", "https"), false, List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://example.org/a.csv",
        "jar:file:///a.jar!/b",
        "prices.csv",
        "http:prices.csv",
        "http:///prices.csv",
        "https://user:secret@example.org/a.csv"
      })
  void other_schemes_hosts_and_files_are_forbidden(String url) {
    assertThat(assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> WEB.check(URI.create(url))))
        .message()
        .doesNotContain("secret", "passwd");
  }

  @Test
  void strict_means_https_only() {
    SourcePolicy.STRICT.check(URI.create("HTTPS://example.org/a.csv"));
    assertFails(
        SheetErrorType.FORBIDDEN_SOURCE,
        () -> SourcePolicy.STRICT.check(URI.create("http://example.org/a.csv")));
  }

  @Test
  void files_are_read_under_a_root_only(@TempDir Path dir) throws IOException {
    Path root = Files.createDirectories(dir.resolve("sheets"));
    Path inside = Files.writeString(root.resolve("a.csv"), "x");
    Path outside = Files.writeString(dir.resolve("b.csv"), "x");
    SourcePolicy policy = new SourcePolicy(Set.of("file"), false, List.of(root));

    assertThat(policy.file(inside.toUri())).isEqualTo(inside.toRealPath());
    assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> policy.file(outside.toUri()));
    assertFails(
        SheetErrorType.FORBIDDEN_SOURCE, () -> policy.file(URI.create(root.toUri() + "../b.csv")));
    assertFails(
        SheetErrorType.FORBIDDEN_SOURCE,
        () -> policy.file(URI.create(root.toUri() + "%2e%2e/b.csv")));
    assertFails(
        SheetErrorType.FORBIDDEN_SOURCE, () -> policy.file(URI.create("file://host/share/a.csv")));
    assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> policy.file(URI.create("file:a.csv")));
    assertFails(SheetErrorType.NOT_FOUND, () -> policy.file(root.resolve("missing.csv").toUri()));
  }

  @Test
  void a_symbolic_link_out_of_a_root_is_refused(@TempDir Path dir) throws IOException {
    Path root = Files.createDirectories(dir.resolve("sheets"));
    Path secret = Files.writeString(dir.resolve("secret.csv"), "x");
    Path link = Files.createSymbolicLink(root.resolve("a.csv"), secret);
    SourcePolicy policy = new SourcePolicy(Set.of("file"), false, List.of(root));

    assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> policy.file(link.toUri()));
  }

  @Test
  void a_master_file_allows_its_own_directory(@TempDir Path dir) throws IOException {
    Path sheets = Files.createDirectories(dir.resolve("sheets"));
    Path master = Files.writeString(sheets.resolve("master.csv"), "x");
    Path outside = Files.writeString(dir.resolve("b.csv"), "x");

    SourcePolicy policy = SourcePolicy.STRICT.withMaster(master.toUri());

    assertThat(policy.file(master.toUri())).isEqualTo(master.toRealPath());
    assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> policy.check(outside.toUri()));
    policy.check(URI.create("https://example.org/a.csv"));
  }

  @Test
  void a_master_sheet_over_http_allows_no_files() {
    SourcePolicy policy = WEB.withMaster(URI.create("https://example.org/master.csv"));

    assertThat(policy).isEqualTo(WEB);
  }
}
