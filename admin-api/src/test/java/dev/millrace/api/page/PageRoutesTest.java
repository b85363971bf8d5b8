package dev.millrace.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the admin page is served. */
class PageRoutesTest {
  private static final PageFiles BUILT =
      new PageFiles(
          Map.of(
              "index.html", bytes("<html><head><base href=\"./\" /></head></html>"),
              "docs.html", bytes("<script src=\"./assets/docs-1a.js\"></script>"),
              "assets/index-1a.js", bytes("plain"),
              "assets/index-1a.js.gz", bytes("gzip"),
              "assets/index-1a.js.br", bytes("brotli"),
              "assets/icon-2b.svg", bytes("<svg/>")));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void each_path_of_the_page_names_the_folder_of_the_page_relatively() throws Exception {
    try (Server server = new Server(BUILT)) {
      for (Map.Entry<String, String> path :
          Map.of(
                  "/admin", "admin/",
                  "/admin/", "./",
                  "/admin/workers", "./",
                  "/admin/workers/", "../",
                  "/admin/jobs/17", "../")
              .entrySet()) {
        HttpResponse<String> answer = server.get(path.getKey());

        assertThat(answer.statusCode()).as(path.getKey()).isEqualTo(200);
        assertThat(answer.body()).contains("<base href=\"" + path.getValue() + "\" />");
        assertThat(
                URI.create("http://host/prefix" + path.getKey()).resolve(path.getValue()).getPath())
            .isEqualTo("/prefix/admin/");
      }
    }
  }

  @Test
  void the_document_of_the_description_has_the_files_of_the_page() throws Exception {
    try (Server server = new Server(BUILT)) {
      for (String path : new String[] {"/api/docs", "/api/docs/"}) {
        HttpResponse<String> answer = server.get(path);

        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        assertThat(header(answer, "Content-Security-Policy")).isEqualTo(PageRoutes.POLICY);
        String file = answer.body().replaceAll("(?s).*src=\"([^\"]+)\".*", "$1");
        assertThat(URI.create("http://host/prefix" + path).resolve(file).getPath())
            .isEqualTo("/prefix/admin/assets/docs-1a.js");
      }
    }
  }

  @Test
  void the_document_is_asked_for_each_time_and_runs_nothing_inline() throws Exception {
    try (Server server = new Server(BUILT)) {
      HttpResponse<String> answer = server.get("/admin");

      assertThat(header(answer, "Content-Type")).isEqualTo("text/html;charset=utf-8");
      assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
      assertThat(header(answer, "Content-Security-Policy"))
          .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
          .doesNotContain("unsafe");
      HttpResponse<String> again =
          server.get("/admin", "If-None-Match", "W/" + header(answer, "ETag"));
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
  }

  @Test
  void an_unknown_path_is_a_404_with_the_page() throws Exception {
    try (Server server = new Server(BUILT)) {
      for (String path : new String[] {"/admin/nothing", "/admin/jobs/x", "/admin/jobs/1/2"}) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(404);
        assertThat(answer.body()).contains("<html>");
      }
    }
  }

  @Test
  void an_asset_is_kept_for_a_year_and_packed_as_the_client_takes_it() throws Exception {
    try (Server server = new Server(BUILT)) {
      String path = "/admin/assets/index-1a.js";

      assertThat(server.get(path, "Accept-Encoding", "gzip, deflate, br").body())
          .isEqualTo("brotli");
      assertThat(server.get(path, "Accept-Encoding", "br;q=0, gzip;q=0.5").body())
          .isEqualTo("gzip");
      assertThat(server.get(path, "Accept-Encoding", "identity").body()).isEqualTo("plain");
      HttpResponse<String> answer = server.get(path);
      assertThat(answer.body()).isEqualTo("plain");
      assertThat(header(answer, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
      assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
      assertThat(header(answer, "Vary")).isEqualTo("Accept-Encoding");
    }
  }

  @Test
  void files_that_are_no_assets_are_not_served() throws Exception {
    try (Server server = new Server(BUILT)) {
      for (String name : new String[] {"index-9.js", "index-1a.js.br", "..%2Findex.html"}) {
        assertThat(server.get("/admin/assets/" + name).statusCode()).as(name).isNotEqualTo(200);
      }
    }
  }

  @Test
  void a_build_without_node_says_what_to_install() throws Exception {
    try (Server server = new Server(new PageFiles(Map.of()))) {
      for (String path : new String[] {"/admin/workers", "/api/docs"}) {
        HttpResponse<String> answer = server.get(path);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(header(answer, "Content-Type")).isEqualTo("text/plain;charset=utf-8");
        assertThat(answer.body()).isEqualTo(PageRoutes.NOT_BUILT).contains("Node.js 20.19");
      }
    }
  }

  @Test
  void the_root_leads_to_the_page_under_any_prefix() throws Exception {
    try (Server server = new Server(BUILT)) {
      HttpResponse<String> answer = server.get("/");

      assertThat(answer.statusCode()).isEqualTo(302);
      assertThat(header(answer, "Location")).isEqualTo("admin");
    }
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static final class Server implements AutoCloseable {
    private final Javalin javalin;
    private final HttpClient http = HttpClient.newHttpClient();

    Server(PageFiles files) {
      javalin =
          Javalin.create(
              config -> {
                config.startup.showJavalinBanner = false;
                config.jetty.host = "127.0.0.1";
                config.jetty.port = 0;
                new PageRoutes(files).addTo(config.routes);
              });
      javalin.start();
    }

    HttpResponse<String> get(String path, String... headers)
        throws IOException, InterruptedException {
      URI address = URI.create("http://127.0.0.1:" + javalin.port() + path);
      HttpRequest.Builder request = HttpRequest.newBuilder(address);
      if (headers.length > 0) {
        request.headers(headers);
      }
      return http.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
      javalin.stop();
    }
  }
}
