package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.demo.ConsoleProgress;
import dev.millrace.app.http.ApiClient;
import dev.millrace.json.Json;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A command that calls the API of a running Millrace. Its subcommands are methods, which take the
 * same options.
 */
abstract class ApiCommand {
  private final Map<String, String> environment;
  @Mixin private final ClientOptions options = new ClientOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  ApiCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  final ApiClient api() {
    return options.client(environment);
  }

  final boolean apiGiven() {
    return options.given();
  }

  final boolean json() {
    return options.json();
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** For one answer: the moments in it are told from now. */
  final Screen screen() {
    return new Screen(out(), ConsoleProgress.isTerminal(), environment, Moments.here());
  }

  /** Prints an answer as it is with {@code --json}, else as text; returns the exit code 0. */
  final int show(JsonNode answer, BiConsumer<JsonNode, Screen> text) {
    if (json()) {
      out().println(answer.toPrettyString());
    } else {
      text.accept(answer, screen());
    }
    out().flush();
    return 0;
  }

  /** An empty JSON object. */
  static ObjectNode body() {
    return Json.mapper().createObjectNode();
  }

  /** A text as one segment of a path, or as a value of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
