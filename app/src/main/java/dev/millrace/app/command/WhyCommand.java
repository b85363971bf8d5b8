package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says why something waits. */
@Command(
    name = "why",
    description = "Says why a job, a view or a background worker is where it is.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(job | view | worker)")
public final class WhyCommand extends ApiCommand {
  public WhyCommand(Map<String, String> environment) {
    super(environment);
  }

  @Command(
      name = "job",
      description = "Says why a job is in its state.",
      mixinStandardHelpOptions = true)
  int job(@Parameters(paramLabel = "ID", description = "its id") String id) {
    return reasons("/jobs/", id);
  }

  @Command(
      name = "view",
      description = "Says why a materialized view is as fresh as it is.",
      mixinStandardHelpOptions = true)
  int view(@Parameters(paramLabel = "NAME", description = "its name") String name) {
    return reasons("/materialized-views/", name);
  }

  @Command(
      name = "worker",
      description = "Says why a background worker runs or does not.",
      mixinStandardHelpOptions = true)
  int worker(@Parameters(paramLabel = "KEY", description = "its name") String key) {
    return reasons("/workers/", key);
  }

  private int reasons(String path, String subject) {
    JsonNode answer = api().get(path + encoded(subject) + "/why").orThrow();
    return show(
        answer,
        (why, screen) ->
            why.path("reasons")
                .forEach(
                    reason ->
                        screen.line(
                            reason.path("code").asText()
                                + ": "
                                + reason.path("message").asText())));
  }
}
