package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which jobs a command takes that is given no id, and how they are gone through page by page. */
final class ManyJobs {
  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "of those without an id: only those in a state")
  private Optional<String> state = Optional.empty();

  @Option(names = "--kind", paramLabel = "KIND", description = "only those of a kind")
  private Optional<String> kind = Optional.empty();

  @Option(names = "--queue", paramLabel = "QUEUE", description = "only those of a queue")
  private Optional<String> queue = Optional.empty();

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      converter = EnqueueCommand.DelayConverter.class,
      description =
          "only those that finished (cancel: were created) so long ago: 2h, 7d or PT1H30M")
  private Optional<Duration> olderThan = Optional.empty();

  @Option(
      names = "--all",
      description = "needed to take every job: without an id, a kind, a queue or an age")
  private boolean all;

  @Option(names = "--dry-run", description = "counts them and changes nothing")
  private boolean dryRun;

  boolean dryRun() {
    return dryRun;
  }

  /** Whether there is an option that chooses jobs, so that an id would contradict it. */
  boolean given() {
    return all || dryRun || chooses() || state.isPresent();
  }

  private boolean chooses() {
    return kind.isPresent() || queue.isPresent() || olderThan.isPresent();
  }

  /**
   * The body of the call.
   *
   * @throws UserError when no option chooses jobs
   */
  ObjectNode filter(String command) {
    if (!all && !chooses()) {
      throw new UserError(
          "jobs " + command + " needs the id of a job, --kind, --queue, --older-than or --all");
    }
    ObjectNode filter = ApiCommand.body();
    state.ifPresent(text -> filter.put("state", text));
    kind.ifPresent(text -> filter.put("kind", text));
    queue.ifPresent(text -> filter.put("queue", text));
    olderThan.ifPresent(time -> filter.put("older_than_seconds", time.toSeconds()));
    if (dryRun) {
      filter.put("dry_run", true);
    }
    return filter;
  }

  /**
   * Calls until there are no more; what a page has changed stays changed when a later one fails.
   *
   * @param counts the numbers of an answer, which are added up
   * @return their sums, and the first that were left
   */
  ObjectNode goThrough(ApiClient api, String command, List<String> counts) {
    ObjectNode filter = filter(command);
    ObjectNode sum = ApiCommand.body();
    JsonNode page;
    do {
      page = api.post("/jobs/" + command, Optional.of(filter)).orThrow();
      for (String count : counts) {
        sum.put(count, sum.path(count).asLong() + page.path(count).asLong());
      }
      if (!sum.has("skipped") || sum.path("skipped").isEmpty()) {
        sum.set("skipped", page.path("skipped"));
      }
      if (page.hasNonNull("next_cursor")) {
        filter.set("cursor", page.get("next_cursor"));
      }
    } while (page.path("more").asBoolean());
    return sum;
  }

  /** What a dry run has counted. */
  static void counted(JsonNode answer, Screen screen) {
    String more = answer.path("complete").asBoolean() ? "" : " or more";
    screen.line(
        answer.path("count").asText() + more + " jobs pass the filter; nothing was changed");
    if (!answer.path("job_ids").isEmpty()) {
      screen.line("The first: " + String.join(", ", texts(answer.path("job_ids"))));
    }
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asText).toList();
  }

  /** What a command has done, and which jobs it has left. */
  static void done(String did, JsonNode sum, Screen screen) {
    screen.line(did);
    long left = sum.path("left").asLong();
    if (left > 0) {
      screen.line(left + " stay, such as:");
      sum.path("skipped")
          .valueStream()
          .limit(10)
          .forEach(
              job ->
                  screen.line(
                      "  job " + job.path("job_id").asText() + ": " + job.path("reason").asText()));
    }
  }
}
