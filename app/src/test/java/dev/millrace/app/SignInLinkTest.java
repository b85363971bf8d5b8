package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link that {@code up} and {@code demo} print: whoever opens it first is signed in. */
class SignInLinkTest {
  private static final Pattern PRINTED =
      Pattern.compile("sign in {4}(http://[^ ]+)/admin/login#link=([A-Za-z0-9_-]{43})\n");

  private final Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  SignInLinkTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private HttpResponse<String> signIn(Matcher link) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(link.group(1) + "/api/admin/login"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"link\": \"" + link.group(2) + "\"}"))
            .build(),
        BodyHandlers.ofString());
  }

  private Matcher printed(MillraceProcess process) {
    process.awaitOutput("within five minutes");
    Matcher link = PRINTED.matcher(process.out());
    assertThat(link.find()).as(process.out()).isTrue();
    return link;
  }

  private void signsInOnce(MillraceProcess process, Path log) throws Exception {
    Matcher link = printed(process);
    HttpResponse<String> first = signIn(link);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    assertThat(first.body()).contains("\"role\":\"admin\"");
    String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    HttpRequest me =
        HttpRequest.newBuilder(URI.create(link.group(1) + "/api/admin/me"))
            .header("Cookie", cookie)
            .build();
    assertThat(http.send(me, BodyHandlers.ofString()).body()).contains("\"name\":\"admin\"");
    assertThat(signIn(link).statusCode()).isEqualTo(401);
    assertThat(log).content().contains("API answers at").doesNotContain(link.group(2));
  }

  @Test
  void the_link_of_up_signs_in_once_and_stands_in_no_log() throws Exception {
    String data = directory.resolve("up").toString();
    try (MillraceProcess up =
        MillraceProcess.start(directory, Map.of(), "up", "--port", "0", "--data", data)) {
      signsInOnce(up, up.errFile());
      assertThat(up.out()).contains("./millrace user link --url http", "--data '" + data + "'");
      up.terminate();
      assertThat(up.exitCode()).as(up.err()).isZero();
    }
  }

  @Test
  void the_link_of_the_demo_signs_in_once_and_stands_in_no_log() throws Exception {
    Path data = directory.resolve("demo");
    try (MillraceProcess demo =
        MillraceProcess.start(directory, Map.of(), "demo", "--port", "0", "--data", "" + data)) {
      signsInOnce(demo, data.resolve("millrace.log"));
    }
  }

  @Test
  void where_nothing_may_be_changed_the_page_is_named_instead() throws Exception {
    try (MillraceProcess up =
        MillraceProcess.start(
            directory,
            Map.of("MILLRACE_READ_ONLY", "true"),
            "up",
            "--port",
            "0",
            "--data",
            directory.resolve("read").toString())) {
      up.awaitOutput("page       http");
      assertThat(up.out()).endsWith("/admin\n").doesNotContain("link=");
    }
  }
}
