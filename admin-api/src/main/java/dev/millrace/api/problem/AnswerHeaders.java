package dev.millrace.api.problem;

import java.util.Map;

/** The headers of every answer. */
public final class AnswerHeaders {
  /** The version of the contract that this process answers by; {@code openapi.yaml} has it too. */
  public static final String API_VERSION = "1.1";

  private static final Map<String, String> ALL =
      Map.of(
          "Millrace-Api-Version",
          API_VERSION,
          "Content-Security-Policy",
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Referrer-Policy",
          "no-referrer",
          "X-Content-Type-Options",
          "nosniff",
          "Cache-Control",
          "no-store");

  private AnswerHeaders() {}

  /** By name; a route may put its own value in place of one of them. */
  public static Map<String, String> all() {
    return ALL;
  }
}
