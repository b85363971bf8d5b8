package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobState;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists jobs. */
@Command(name = "jobs", description = "Lists jobs, newest first.", mixinStandardHelpOptions = true)
public final class JobsCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  @Mixin private final ClientOptions options = new ClientOptions();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      converter = StateConverter.class,
      description =
          "only those that are scheduled, queued, processing, waiting, completed, failed or cancelled")
  private Optional<JobState> state = Optional.empty();

  @Option(names = "--kind", paramLabel = "KIND", description = "only those of a kind")
  private Optional<String> kind = Optional.empty();

  @Option(names = "--queue", paramLabel = "QUEUE", description = "only those of a queue")
  private Optional<String> queue = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "the most jobs listed, 1 to 200 (default: ${DEFAULT-VALUE})")
  private int limit;

  @Spec private CommandSpec spec = CommandSpec.create();

  public JobsCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  /** States are written as everywhere else, in lower case. */
  static final class StateConverter implements ITypeConverter<JobState> {
    @Override
    public JobState convert(String text) {
      try {
        return JobState.of(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() {
    JsonNode page = options.client(environment).get("/jobs" + query()).orThrow();
    PrintWriter out = spec.commandLine().getOut();
    if (options.json()) {
      out.println(page.toPrettyString());
    } else {
      table(page.path("jobs")).print(out);
    }
    out.flush();
    return 0;
  }

  private String query() {
    StringBuilder query = new StringBuilder("?limit=" + limit);
    state.ifPresent(only -> query.append("&state=").append(only.text()));
    kind.ifPresent(only -> query.append("&kind=").append(URLEncoder.encode(only, UTF_8)));
    queue.ifPresent(only -> query.append("&queue=").append(URLEncoder.encode(only, UTF_8)));
    return query.toString();
  }

  private static Table table(JsonNode jobs) {
    Table table = new Table("JOB", "KIND", "QUEUE", "STATE", "ATTEMPT", "CREATED", "ERROR");
    jobs.forEach(
        job ->
            table.row(
                cell(job, "id"),
                cell(job, "kind"),
                cell(job, "queue"),
                cell(job, "state"),
                cell(job, "attempt") + "/" + cell(job, "max_attempts"),
                cell(job, "created_at"),
                cell(job, "error")));
    return table;
  }
}
