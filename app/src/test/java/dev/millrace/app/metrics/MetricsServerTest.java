package dev.millrace.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.error.UserError;
import dev.millrace.metrics.Count;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
  private final MetricsServer server =
      MetricsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    server.close();
  }

  private HttpResponse<String> call(String method, String path, String accept)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.address().resolve(path))
            .header("Accept", accept)
            .method(method, BodyPublishers.noBody())
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  @Test
  void counts_are_answered_in_the_format_of_prometheus() throws Exception {
    Count.JOBS_RESCUED.add(3);
    HttpResponse<String> answer = call("GET", "/metrics", "*/*");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body())
        .contains("# TYPE millrace_jobs_rescued_total counter\n")
        .contains(
            "# HELP millrace_jobs_rescued_total Jobs taken back from queue workers whose lease had"
                + " ended\n")
        .containsPattern("(?m)^millrace_jobs_rescued_total [0-9.]+$");
  }

  @Test
  void open_metrics_are_answered_to_who_asks_for_them() throws Exception {
    HttpResponse<String> answer =
        call("GET", "/metrics", "application/openmetrics-text; version=1.0.0, text/plain;q=0.5");
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(answer.body()).endsWith("# EOF\n");
  }

  @Test
  void what_is_read_on_demand_is_read_before_each_answer() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    server.add(registry -> Gauge.builder("test.reads", reads::get).register(registry));
    server.beforeAnswers(reads::incrementAndGet);
    assertThat(call("GET", "/metrics", "*/*").body()).contains("test_reads 1.0\n");
    assertThat(call("GET", "/metrics", "*/*").body()).contains("test_reads 2.0\n");
    assertThat(call("HEAD", "/metrics", "*/*").body()).isEmpty();
  }

  @Test
  void figures_that_cannot_be_read_are_a_500_and_are_read_again() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    server.beforeAnswers(
        () -> {
          if (reads.incrementAndGet() == 1) {
            throw new IllegalStateException("not yet");
          }
        });
    HttpResponse<String> first = call("GET", "/metrics", "*/*");
    assertThat(first.statusCode()).isEqualTo(500);
    assertThat(first.body()).isEqualTo("the metrics cannot be read; the log says why\n");
    assertThat(call("GET", "/metrics", "*/*").statusCode()).isEqualTo(200);
  }

  @Test
  void other_paths_and_methods_are_refused() throws Exception {
    assertThat(call("GET", "/", "*/*").statusCode()).isEqualTo(404);
    assertThat(call("GET", "/metrics/x", "*/*").statusCode()).isEqualTo(404);
    HttpResponse<String> post = call("POST", "/metrics", "*/*");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @Test
  void a_port_that_is_taken_is_named() {
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.address().getPort());
    assertThatThrownBy(() -> MetricsServer.start(taken))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("MILLRACE_METRICS_PORT: port " + taken.getPort())
        .hasMessageContaining("cannot be listened on");
  }
}
