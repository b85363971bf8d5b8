package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.log.Colour;
import dev.millrace.job.JobState;

/** Waits for the end of a job, with its progress on the way. */
final class JobEnd {
  private final ApiClient api;
  private final Screen screen;

  JobEnd(ApiClient api, Screen screen) {
    this.api = api;
    this.screen = screen;
  }

  /** Returns 0 when it completed, else 1. */
  int await(String job, boolean quiet) {
    Every second = Every.second();
    String shown = "";
    while (true) {
      JsonNode now = api.get("/jobs/" + job).orThrow();
      JobState state = JobState.of(now.path("state").asText());
      String line = line(now);
      if (!quiet && !line.equals(shown)) {
        screen.line(state == JobState.FAILED ? Colour.RED : Colour.PLAIN, line);
        shown = line;
      }
      if (state.finished()) {
        return state == JobState.COMPLETED ? 0 : 1;
      }
      if (!second.next()) {
        return 1;
      }
    }
  }

  private String line(JsonNode job) {
    JsonNode children = job.path("children");
    long total = children.path("total").asLong();
    String family =
        total == 0
            ? ""
            : " " + (total - children.path("left").asLong()) + "/" + total + " children";
    String numbers = screen.progress(job.path("progress"));
    return "job "
        + cell(job, "id")
        + " "
        + cell(job, "state")
        + (numbers.isEmpty() ? family : " " + numbers)
        + (job.path("error").isTextual() ? ": " + job.path("error").asText() : "");
  }
}
