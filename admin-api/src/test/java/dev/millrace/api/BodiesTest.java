package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.problem.ProblemAnswers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;

/** Bodies that are too much, or end too early. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BodiesTest {
  private static final String BULK = "/api/admin/jobs/bulk";

  private final ApiFixture api = new ApiFixture();

  @BeforeAll
  void a_worker_has_told_of_its_kinds() {
    api.kindIsKnown("test.noop", "[]");
  }

  @AfterAll
  void close() {
    api.close();
  }

  @Test
  void a_list_of_jobs_is_refused_at_the_first_job_too_many() {
    String rest = "{},".repeat(11_100_000);
    Answer answer = api.post(BULK, "{\"jobs\":[" + rest + "{}]}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/jobs");
    String job = "{\"kind\":\"test.noop\"}";
    String most = (job + ",").repeat(9_999) + job;
    assertThat(api.post(BULK, "{\"jobs\":[" + most + "," + job + "]}").status()).isEqualTo(422);
    assertThat(api.post(BULK, "{\"jobs\":[" + most + "]}").status()).isEqualTo(202);
  }

  @Test
  void a_job_longer_than_a_single_one_may_be_is_refused_by_its_place() {
    String job = "{\"kind\":\"test.noop\"}";
    String large = "{\"kind\":\"test.noop\",\"payload\":{\"a\":\"" + "x".repeat(2 << 20) + "\"}}";
    Answer answer = api.post(BULK, "{\"jobs\":[" + job + "," + large + "]}");
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/jobs/1");
  }

  @Test
  void a_body_of_too_many_values_is_refused() {
    String job = "{\"kind\":\"test.noop\",\"payload\":{\"a\":[" + "0,".repeat(200_000) + "0]}},";
    String body = "{\"jobs\":[" + job.repeat(6) + "{\"kind\":\"test.noop\"}]}";
    assertThat(api.post(BULK, body).status()).isEqualTo(413);
  }

  @Test
  void a_body_that_is_broken_on_its_way_is_a_fault_of_the_request() {
    String chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    String sized = "Content-Type: application/json\r\nContent-Length: 200\r\n\r\n";
    String charset = "Content-Type: application/json; charset=%s\r\nContent-Length: 2\r\n\r\n{}";
    List<String> requests =
        List.of(
            chunked + "5\r\n{\"kin\r\nzz\r\n",
            chunked + "zz\r\n{}\r\n0\r\n\r\n",
            chunked + "ffffffffffffffffff\r\n{}",
            chunked + "-1\r\n{}\r\n0\r\n\r\n",
            chunked + "2\r\n{}",
            chunked + "2\r\n{}XX0\r\n\r\n",
            sized + "{\"kind\":",
            sized,
            sized.replace("200", "-1") + "{}",
            sized.replace("200", "x") + "{}",
            sized.replace("200", "1\r\nContent-Length: 2") + "{}",
            charset.formatted("nothing"),
            charset.formatted("utf-16"),
            charset.formatted("\"\u00ff\""),
            charset.formatted("%00"),
            charset.formatted(""),
            "Content-Type: application/json;charset\r\nContent-Length: 2\r\n\r\n{}",
            "Content-Type: text/\u00ff\r\nContent-Length: 2\r\n\r\n{}",
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\u0008\u0000",
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n\u00ff\u00fe");
    Logger answers = (Logger) LoggerFactory.getLogger(ProblemAnswers.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    answers.addAppender(logged);
    for (String request : requests) {
      assertThat(raw(request)).as(request).startsWith("HTTP/1.1 4");
    }
    for (String path : List.of("%zz", "%ff", "%c0%ae", "%00", "..%2f", "\u00ff", "%u0041")) {
      assertThat(raw(path, "\r\n")).as(path).startsWith("HTTP/1.1 4");
    }
    answers.detachAppender(logged);
    assertThat(logged.list).isEmpty();
    assertThat(api.get("/api/admin/workers").status()).isEqualTo(200);
  }

  @Test
  void a_body_that_is_not_http_and_one_that_breaks_off_are_incomplete() {
    String chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (String rest :
        List.of(
            "zz\r\n{}\r\n0\r\n\r\n",
            "-1\r\n{}\r\n0\r\n\r\n",
            "2\r\n{}XX0\r\n\r\n",
            "2\r\n{}",
            "200\r\n{\"kind\":")) {
      assertThat(raw(chunked + rest)).as(rest).contains("\"code\":\"incomplete_body\"");
    }
  }

  @Test
  void a_client_that_hangs_up_leaves_no_error_in_the_log() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    root.addAppender(logged);
    for (int i = 0; i < 20; i++) {
      try (RawClient client = new RawClient(api.api.port())) {
        client.send(head("/api/admin/jobs") + "Content-Length: 200\r\n\r\n{");
      }
      try (RawClient client = new RawClient(api.api.port())) {
        client.send(
            "GET /api/admin/status HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer "
                + ApiFixture.KEY
                + "\r\n\r\n");
      }
    }
    assertThat(api.get("/api/admin/workers").status()).isEqualTo(200);
    root.detachAppender(logged);
    assertThat(logged.list).isEmpty();
  }

  @Test
  void a_body_with_faults_without_end_names_a_hundred() {
    String body = "{\"jobs\":[" + "{},".repeat(9_999) + "{}]}";
    Answer answer = api.post(BULK, body);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("errors")).hasSize(100);
  }

  private static String head(String path) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer "
        + ApiFixture.KEY
        + "\r\n";
  }

  /** What the server says to a POST that ends here. */
  private String raw(String rest) {
    return raw("", rest);
  }

  private String raw(String under, String rest) {
    String path = "/api/admin/jobs" + (under.isEmpty() ? "" : "/" + under);
    try (RawClient client = new RawClient(api.api.port())) {
      return client.send(head(path) + rest).end().rest();
    }
  }
}
