package dev.millrace.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.http.ApiClient.Answer;
import dev.millrace.app.process.StopSignal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** The API of a demo: a call that is answered with 503, as on a busy machine, is made again. */
final class PatientApi {
  private static final int UNAVAILABLE = 503;
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final ApiClient api;
  private final StopSignal stop;

  PatientApi(ApiClient api, StopSignal stop) {
    this.api = api;
    this.stop = stop;
  }

  /** As {@link ApiClient#get}; 503 only after two minutes, or when the demo is stopped. */
  Answer get(String path) {
    return patiently(() -> api.get(path));
  }

  /** As {@link ApiClient#post}, in the same way. */
  Answer post(String path, Optional<JsonNode> body) {
    return patiently(() -> api.post(path, body));
  }

  private Answer patiently(Supplier<Answer> call) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      Answer answer = call.get();
      if (answer.status() != UNAVAILABLE || System.nanoTime() > deadline || stop.await(PAUSE)) {
        return answer;
      }
    }
  }
}
