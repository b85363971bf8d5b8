package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.JobState;
import dev.millrace.queue.ClaimedJob;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Numbers and text that go in come out to the digit, whichever way they go. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JsonNumbersTest {
  private static final String JOBS = "/api/admin/jobs";
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "1.0",
          "0.1000",
          "-0.30000000000000000001",
          "0.1",
          "1e2",
          "1E+2",
          "1e-5",
          "1.50e3",
          "9007199254740993",
          "12345678901234567890",
          "-9223372036854775809",
          "123456789.123456789123456789",
          "179769313486231570814527423731704356798070e270",
          "4.9e-324",
          "1e-1000",
          "1" + "0".repeat(400),
          "1e100000");
  private static final String TEXT = "Grüße, 日本語, 🚀, \\u202e \\\" \\\\ 0.10 1e2";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void a_worker_has_told_of_its_kinds() {
    api.clear();
    api.kindIsKnown("test.noop", "[]");
    api.kindIsKnown("test.after", "[]");
  }

  @AfterAll
  void close() {
    api.close();
  }

  private static String payload(String number) {
    return "{\"n\":" + number + ",\"t\":\"" + TEXT + "\",\"deep\":[{\"n\":" + number + "}]}";
  }

  /** As it went in; an exponent is written out. */
  private static void isSame(String body, String field, String number) {
    String plain = new BigDecimal(number).toPlainString();
    String object = body.substring(body.indexOf("\"" + field + "\"") + field.length() + 2);
    assertThat(object.replace(" ", ""))
        .as(number)
        .contains("\"n\":" + plain + ",")
        .contains("\"n\":" + plain + "}");
    assertThat(object).contains("Grüße, 日本語, 🚀, ").contains("0.10 1e2");
  }

  private String job(Answer made) {
    assertThat(made.status()).as(made.response().body()).isEqualTo(202);
    return api.get(JOBS + "/" + made.json().findPath("job_id").asText()).response().body();
  }

  @Test
  void numbers_of_a_job_come_out_to_the_digit() {
    for (String number : NUMBERS) {
      isSame(
          job(api.post(JOBS, "{\"kind\":\"test.noop\",\"payload\":" + payload(number) + "}")),
          "payload",
          number);
    }
  }

  @Test
  void numbers_of_many_jobs_come_out_to_the_digit() {
    for (String number : NUMBERS) {
      String jobs = "{\"jobs\":[{\"kind\":\"test.noop\",\"payload\":" + payload(number) + "}]}";
      isSame(job(api.post(JOBS + "/bulk", jobs)), "payload", number);
    }
  }

  @Test
  void numbers_of_a_debounced_call_come_out_to_the_digit() {
    for (String merge : List.of("replace", "keep", "union")) {
      for (String number : NUMBERS) {
        String body =
            "{\"kind\":\"test.noop\",\"unique_key\":\""
                + (merge + number).hashCode()
                + "\",\"debounce\":{\"window_seconds\":60,\"merge\":\""
                + merge
                + "\"},\"payload\":%s}";
        boolean keeps = merge.equals("keep");
        job(api.post(JOBS, body.formatted(payload(keeps ? number : "7"))));
        isSame(
            job(api.post(JOBS, body.formatted(payload(keeps ? "7" : number)))), "payload", number);
      }
    }
  }

  @Test
  void numbers_of_a_callback_come_out_to_the_digit() {
    for (String number : NUMBERS) {
      api.post(
          JOBS,
          "{\"kind\":\"test.noop\",\"callback\":{\"kind\":\"test.after\",\"payload\":"
              + payload(number)
              + "}}");
      assertThat(api.complete(api.claim("test.noop"))).isTrue();
      ClaimedJob after = api.claim("test.after");
      isSame(api.get(JOBS + "/" + after.id()).response().body(), "payload", number);
      assertThat(api.complete(after)).isTrue();
    }
  }

  @Test
  void numbers_of_a_result_come_out_to_the_digit() {
    for (String number : NUMBERS) {
      api.enqueue("test.noop");
      ClaimedJob job = api.claim("test.noop");
      assertThat(api.results.ended(job, JobState.COMPLETED, null, payload(number))).isTrue();
      isSame(api.get(JOBS + "/" + job.id()).response().body(), "result", number);
    }
  }

  @Test
  void exponents_that_would_fill_the_memory_are_refused_at_the_door() {
    String many = "1e9999,".repeat(30_000) + "1";
    Answer one = api.post(JOBS, "{\"kind\":\"test.noop\",\"payload\":{\"a\":[" + many + "]}}");
    assertThat(one.status()).isEqualTo(413);
    assertThat(one.json().at("/errors/0/pointer").asText()).isEqualTo("/payload");
    Answer bulk =
        api.post(
            JOBS + "/bulk",
            "{\"jobs\":[{\"kind\":\"test.noop\",\"payload\":{\"n\":1e131071,\"m\":1e131071}}]}");
    assertThat(bulk.status()).isEqualTo(413);
    Answer callback =
        api.post(
            JOBS,
            "{\"kind\":\"test.noop\",\"callback\":{\"kind\":\"test.after\",\"payload\":{\"a\":["
                + many
                + "]}}}");
    assertThat(callback.status()).isEqualTo(413);
  }
}
