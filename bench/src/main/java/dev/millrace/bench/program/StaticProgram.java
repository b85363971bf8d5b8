package dev.millrace.bench.program;

import io.javalin.Javalin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Javalin with two routes and nothing else: one answers with the bytes of a file, the other is a
 * 304. Says {@code port=}, and ends with its input.
 */
public final class StaticProgram {
  private StaticProgram() {}

  /** Takes the file. */
  @SuppressWarnings("SystemOut") // whoever started it reads that
  public static void main(String[] arguments) throws IOException {
    byte[] body = Files.readAllBytes(Path.of(arguments[0]));
    Javalin server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.jetty.host = "127.0.0.1";
              config.jetty.port = 0;
              config.routes.get(
                  "/body",
                  ctx ->
                      ctx.contentType("application/json").result(new ByteArrayInputStream(body)));
              config.routes.get("/same", ctx -> ctx.status(304).header("ETag", "W/\"same\""));
            });
    server.start();
    System.out.println("port=" + server.port());
    int end = System.in.read();
    server.stop();
    System.out.println("ends=" + end);
  }
}
