package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.testing.TestServices;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserErrorTest {
  private final Path directory;

  UserErrorTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private void refused(Map<String, String> environment, String sentence, String... args)
      throws Exception {
    try (MillraceProcess millrace = MillraceProcess.start(directory, environment, args)) {
      assertThat(millrace.exitCode()).as(millrace.err()).isEqualTo(2);
      assertThat(millrace.err()).contains(sentence).doesNotContain("Exception", "\tat ");
    }
  }

  @Test
  void a_port_in_use_is_one_sentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Path data = directory.resolve("data");
      refused(
          Map.of(),
          "millrace: port " + port + " of 127.0.0.1 cannot be listened on",
          "up",
          "--port",
          port,
          "--data",
          data.toString());
      assertThat(data.resolve("postgres")).as("nothing was started").doesNotExist();
    }
  }

  @Test
  void a_directory_under_a_file_is_one_sentence() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    String data = file.resolve("data").toString();
    refused(Map.of(), "millrace: the data directory " + data, "up", "--data", data);
    refused(Map.of(), "millrace: the data directory " + data, "demo", "--once", "--data", data);
  }

  @Test
  void a_postgres_that_does_not_answer_is_one_sentence() throws Exception {
    Map<String, String> nobody =
        Map.of(
            "DATABASE_URL", "postgresql://127.0.0.1:1/millrace",
            "REDIS_URL", "redis://127.0.0.1:1",
            "MILLRACE_DATA_DIR", directory.toString());
    String sentence = "millrace: Postgres at jdbc:postgresql://127.0.0.1:1/millrace";
    refused(nobody, sentence, "worker");
    refused(nobody, sentence, "migrate");
  }

  @Test
  void an_unknown_host_is_named() throws Exception {
    Map<String, String> unknown =
        Map.of(
            "DATABASE_URL", "postgresql://nowhere.invalid/millrace",
            "REDIS_URL", "redis://127.0.0.1:1",
            "MILLRACE_DATA_DIR", directory.toString(),
            "MILLRACE_ADMIN_KEY", "0123456789abcdef");
    refused(unknown, "cannot be reached: no host is named 'nowhere.invalid'", "worker");
    refused(
        unknown, "no host is named 'nowhere.invalid'", "doctor", "--url", "http://nowhere.invalid");
  }

  @Test
  void a_login_that_postgres_refuses_is_no_postgres_out_of_reach() throws Exception {
    String url = TestServices.freshDatabase().jdbc().replaceFirst("^jdbc:", "");
    Map<String, String> environment =
        Map.of(
            "DATABASE_URL",
            url.replaceFirst("\\?.*$", "").replace("//", "//nobody:wrong@"),
            "REDIS_URL",
            "redis://127.0.0.1:1",
            "MILLRACE_DATA_DIR",
            directory.toString());
    refused(environment, " refuses the login of user 'nobody'", "worker");
  }

  @Test
  void an_address_of_another_machine_cannot_be_listened_on() throws Exception {
    refused(
        Map.of("MILLRACE_HOST", "192.0.2.1"),
        "of 192.0.2.1 cannot be listened on: it is no address of this machine; MILLRACE_HOST",
        "up",
        "--data",
        directory.resolve("data").toString());
  }

  @Test
  void a_server_that_is_not_the_api_is_named() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] page = "<html>bad gateway</html>".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(502, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    other.start();
    try {
      String url = "http://127.0.0.1:" + other.getAddress().getPort();
      refused(
          Map.of("MILLRACE_ADMIN_KEY", "0123456789abcdef"),
          "or a proxy that does not reach it: it answered 502 without JSON",
          "doctor",
          "--url",
          url);
    } finally {
      other.stop(0);
    }
  }

  @Test
  void an_api_that_does_not_answer_is_one_sentence() throws Exception {
    Map<String, String> key = Map.of("MILLRACE_ADMIN_KEY", "0123456789abcdef");
    refused(key, "no answer from http://127.0.0.1:1", "status", "--url", "http://127.0.0.1:1");
    refused(key, "--url must be http://host:port", "status", "--url", "localhost:8080");
  }

  @Test
  void wrong_settings_are_named_together() throws Exception {
    refused(
        Map.of("SYNC_INTERVAL_HOURS", "30", "DATABASE_URL", "mysql://u:hidden@h/d"),
        "3 settings are wrong, nothing was started",
        "worker");
  }

  @Test
  void a_wrong_log_format_is_named() throws Exception {
    refused(Map.of("MILLRACE_LOG", "xml"), "MILLRACE_LOG = 'xml': must be json, or not set", "up");
  }

  @Test
  void a_directory_that_cannot_be_made_is_one_sentence() throws Exception {
    refused(Map.of(), "cannot be written: nothing can be made at /proc", "up", "--data", "/proc/x");
  }

  @Test
  void a_word_that_is_no_command_shows_the_commands() throws Exception {
    refused(Map.of(), "millrace: Unmatched argument", "dmeo");
    refused(Map.of(), "Commands:", "dmeo");
  }

  @Test
  void a_wrong_option_is_one_sentence_and_where_to_read_on() throws Exception {
    String readOn = System.lineSeparator() + "`millrace jobs --help` lists what is allowed";
    refused(Map.of(), "millrace: Unknown option: '--foo'" + readOn, "jobs", "--foo");
    refused(
        Map.of(), "'--limit': must be a whole number, was 'x'" + readOn, "jobs", "--limit", "x");
    refused(Map.of(), "waiting, completed, failed, cancelled, was 'x'", "jobs", "--state", "x");
    refused(Map.of(), "Missing required parameter: 'KIND'", "enqueue");
  }
}
