package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All roles in one process of the smallest heap, with the largest sheets and bodies at once. */
class SmallHeapTest {
  private static final String ROW = "<row>" + "<c><v>7</v></c>".repeat(499) + "</row>";
  private static final int ROWS = 2_300;

  private final Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  SmallHeapTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void sheets_and_bodies_at_once_do_not_end_all_roles_in_256_mb() throws Exception {
    Path data = directory.resolve("data");
    try (MillraceProcess millrace =
        MillraceProcess.start(
            directory,
            Map.of(
                "JAVA_TOOL_OPTIONS",
                "-Xmx256m -XX:+ExitOnOutOfMemoryError",
                "MILLRACE_PORT",
                "0",
                "MASTER_SHEET_URL",
                master().toUri().toString()),
            "up",
            "--data",
            data.toString())) {
      millrace.awaitError("millrace scheduler+worker+api started");
      Matcher address = Pattern.compile("API answers at (http://[\\d.:]+)").matcher(millrace.err());
      assertThat(address.find()).isTrue();
      String api = address.group(1);
      String key = Files.readString(data.resolve("admin-key")).strip();
      HttpResponse<String> sync = post(api + "/api/admin/ingestion/sync", key, "");
      assertThat(sync.statusCode()).isEqualTo(202);
      String job = api + "/api/admin/jobs/" + Json.tree(sync.body()).path("task_id").asText();
      String empty = "{\"jobs\":[" + "{},".repeat(11_000_000) + "{}]}";
      for (int round = 0; round < 3; round++) {
        List<CompletableFuture<Integer>> answers =
            List.of(empty, jobs(3_050, 9_999), jobs(255_000, 125), jobs(3_050, 9_999)).stream()
                .map(body -> CompletableFuture.supplyAsync(() -> bulk(api, key, body)))
                .toList();
        answers.forEach(answer -> assertThat(answer.join()).isIn(202, 400, 422, 503));
      }
      assertThat(bulk(api, key, jobs(3_050, 9_999))).as("alone").isEqualTo(202);
      Awaitility.await()
          .atMost(MillraceProcess.LONGEST)
          .untilAsserted(() -> assertThat(state(job, key)).isEqualTo("completed"));
      millrace.terminate();
      assertThat(millrace.exitCode()).as(millrace.err()).isZero();
    }
  }

  /** Four suppliers; the sheet of two is larger than a sheet may be in a process of this size. */
  private Path master() throws IOException {
    try (OutputStream file = Files.newOutputStream(directory.resolve("cells.xlsx"))) {
      ZipOutputStream zip = new ZipOutputStream(file);
      zip.setLevel(0);
      entry(
          zip,
          "xl/workbook.xml",
          "<workbook><sheets><sheet name='s' r:id='r1'/></sheets></workbook>");
      entry(
          zip,
          "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id='r1' Target='one.xml'/></Relationships>");
      entry(
          zip,
          "xl/one.xml",
          "<worksheet><sheetData>" + ROW.repeat(ROWS) + "</sheetData></worksheet>");
      zip.finish();
    }
    StringBuilder rows = new StringBuilder("SKU,Name,Price\n");
    for (int i = 0; i < 99_000; i++) {
      rows.append("S-").append(i).append(',').append("n".repeat(150)).append(",1\n");
    }
    Files.writeString(directory.resolve("rows.csv"), rows);
    StringBuilder master = new StringBuilder("Supplier,Code,Sheet URL\n");
    for (String sheet : List.of("cells.xlsx", "rows.csv")) {
      String url = directory.resolve(sheet).toUri().toString();
      master.append(sheet).append(",one-").append(sheet).append(',').append(url).append('\n');
      master.append(sheet).append(",two-").append(sheet).append(',').append(url).append('\n');
    }
    return Files.writeString(directory.resolve("master.csv"), master);
  }

  private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  /** Jobs for tomorrow, with texts of which one letter makes them twice as long in memory. */
  private static String jobs(int length, int count) {
    String job =
        "{\"kind\":\"sync.supplier\",\"delay_seconds\":86400,\"payload\":{\"supplier_id\":\"ж"
            + "x".repeat(length)
            + "\"}}";
    return "{\"jobs\":[" + (job + ",").repeat(count - 1) + job + "]}";
  }

  private int bulk(String api, String key, String body) {
    try {
      return post(api + "/api/admin/jobs/bulk", key, body).statusCode();
    } catch (IOException e) {
      // refused before all of it was sent: the answer may be lost with the connection
      return 503;
    }
  }

  private HttpResponse<String> post(String url, String key, String body) throws IOException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)),
        key);
  }

  private String state(String job, String key) throws IOException {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(job)), key);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.tree(answer.body()).path("state").asText();
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String key) throws IOException {
    try {
      return http.send(
          request.timeout(Duration.ofMinutes(2)).header("Authorization", "Bearer " + key).build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
