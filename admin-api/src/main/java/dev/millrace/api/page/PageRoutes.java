package dev.millrace.api.page;

import dev.millrace.api.access.Access;
import dev.millrace.api.access.AccessGate;
import dev.millrace.api.request.EntityTags;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The admin page. Each of its paths has the same document, whose base address is relative: the page
 * works under any prefix that a proxy puts in front. Files have their hash in their name and are
 * kept by browsers for a year; the document is asked for each time. The API's description has a
 * document of its own, whose files are the page's.
 */
public final class PageRoutes {
  /** Nothing inline, nothing from elsewhere, no text that becomes a script. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'self'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";

  /** What {@code /admin} and {@code /api/docs} say in a build without the page. */
  static final String NOT_BUILT =
      "This build of Millrace has no admin page: install Node.js 20.19 or newer with npm, and build"
          + " again.\n";

  private static final Pattern PATHS =
      Pattern.compile(
          "/admin/?|/admin/(workers|ingestion|views|jobs|stats|info|queues|audit|settings|login)/?"
              + "|/admin/jobs/[0-9]{1,19}/?");

  private static final String BASE = "<base href=\"./\" />";

  /** Where the document of the description has its files, as it was built and as it is sent. */
  private static final String ASSETS = "\"./assets/";

  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private final PageFiles files;

  public PageRoutes() {
    this(PageFiles.ofClassPath());
  }

  PageRoutes(PageFiles files) {
    this.files = files;
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/", PageRoutes::toPage, Access.OPEN);
    routes.get(AccessGate.DOCS, this::docs, Access.OPEN);
    routes.get("/admin", this::page, Access.OPEN);
    routes.get("/admin/assets/{name}", this::asset, Access.OPEN);
    routes.get("/admin/<path>", this::page, Access.OPEN);
  }

  private static void toPage(Context ctx) {
    ctx.status(302).header("Location", "admin");
  }

  private void page(Context ctx) {
    String path = ctx.path();
    boolean known = PATHS.matcher(path).matches();
    document(ctx, "index.html", BASE, "<base href=\"" + base(path) + "\" />", known);
  }

  private void docs(Context ctx) {
    String folder = ctx.path().endsWith("/") ? "../../admin/" : "../admin/";
    document(ctx, "docs.html", ASSETS, "\"" + folder + "assets/", true);
  }

  /** Answers with a document in which addresses are those seen from the path asked for. */
  private void document(Context ctx, String name, String built, String seen, boolean known) {
    Optional<byte[]> file = files.get(name);
    if (file.isEmpty()) {
      ctx.status(503).contentType("text/plain; charset=utf-8").result(NOT_BUILT);
      return;
    }
    String document = new String(file.get(), StandardCharsets.UTF_8).replace(built, seen);
    String tag = "\"" + Integer.toHexString(document.hashCode()) + "-" + document.length() + "\"";
    ctx.status(known ? 200 : 404)
        .header("Content-Security-Policy", POLICY)
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cache-Control", "no-cache")
        .header("ETag", tag);
    if (known && EntityTags.namesWeakly(ctx.header("If-None-Match"), tag)) {
      ctx.status(304);
    } else {
      ctx.contentType("text/html; charset=utf-8").result(document);
    }
  }

  /** The folder of the page, seen from a path in it. */
  static String base(String path) {
    String below = path.replaceFirst("^/admin", "");
    if (below.isEmpty()) {
      return "admin/";
    }
    int folders = (int) below.chars().filter(c -> c == '/').count() - 1;
    return folders == 0 ? "./" : "../".repeat(folders);
  }

  private void asset(Context ctx) {
    String name = "assets/" + ctx.pathParam("name");
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      throw new NotFoundResponse();
    }
    byte[] plain = files.get(name).orElseThrow(NotFoundResponse::new);
    ctx.contentType(type)
        .header("Cache-Control", "public, max-age=31536000, immutable")
        .header("Vary", "Accept-Encoding");
    String accepted = ctx.header("Accept-Encoding");
    for (Encoding encoding : Encoding.ALL) {
      Optional<byte[]> packed = files.get(name + encoding.suffix());
      if (packed.isPresent() && encoding.isAccepted(accepted)) {
        ctx.header("Content-Encoding", encoding.name()).result(packed.get());
        return;
      }
    }
    ctx.result(plain);
  }

  /** A content coding, the smallest first. */
  private record Encoding(String name, String suffix) {
    static final List<Encoding> ALL =
        List.of(new Encoding("br", ".br"), new Encoding("gzip", ".gz"));

    /** A coding with the weight 0 is not accepted. */
    boolean isAccepted(@Nullable String header) {
      return header != null
          && Stream.of(header.toLowerCase(Locale.ROOT).split(",", -1))
              .map(String::strip)
              .anyMatch(
                  part ->
                      part.equals(name)
                          || part.matches(name + "\\s*;\\s*q=(1(\\.0*)?|0\\.\\d*[1-9]\\d*)"));
    }
  }
}
