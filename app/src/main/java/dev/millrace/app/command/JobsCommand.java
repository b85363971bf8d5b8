package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.job.JobState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists jobs, shows one, and changes what becomes of them. */
@Command(
    name = "jobs",
    description = "Lists jobs, newest first; or shows, retries, cancels, deletes and follows them.",
    mixinStandardHelpOptions = true)
public final class JobsCommand extends ApiCommand implements Callable<Integer> {
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

  public JobsCommand(Map<String, String> environment) {
    super(environment);
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
    StringBuilder query = new StringBuilder("/jobs?limit=" + limit);
    state.ifPresent(only -> query.append("&state=").append(only.text()));
    kind.ifPresent(only -> query.append("&kind=").append(encoded(only)));
    queue.ifPresent(only -> query.append("&queue=").append(encoded(only)));
    return show(api().get(query.toString()).orThrow(), JobText::list);
  }

  @Command(
      name = "show",
      description = "Shows one job: its attempts, its children, its payload, result and log.",
      mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "JOB", description = "the id of a job") String job) {
    return show(api().get(path(job)).orThrow(), JobText::detail);
  }

  @Command(
      name = "logs",
      description = "Prints what a job's handler logged.",
      mixinStandardHelpOptions = true)
  int logs(
      @Parameters(paramLabel = "JOB", description = "the id of a job") String job,
      @Option(
              names = {"-f", "--follow"},
              description = "go on until the job has ended")
          boolean follow) {
    ApiClient api = api();
    if (json() || !follow) {
      return show(
          api.get(path(job)).orThrow(),
          (answer, screen) -> new LogLines(screen).newLines(answer).forEach(screen::line));
    }
    return new LogLines(screen()).follow(() -> api.get(path(job)).orThrow());
  }

  @Command(
      name = "cancel",
      description = {
        "Cancels a job that has not ended, its children too; without an id, those that a filter has.",
        "A filter needs --reason unless it is a dry run."
      },
      mixinStandardHelpOptions = true)
  int cancel(
      @Parameters(paramLabel = "JOB", arity = "0..1", description = "the id of a job")
          Optional<String> job,
      @Mixin ManyJobs many,
      @Mixin WithReason reason) {
    ApiClient api = api().because(reason.text());
    if (job.isPresent()) {
      return one(api, job.get(), "cancel", many);
    }
    return many(
        api,
        "cancel",
        many,
        List.of("cancelled", "cancelling", "left"),
        sum ->
            cell(sum, "cancelled")
                + " jobs cancelled, "
                + cell(sum, "cancelling")
                + " asked to stop");
  }

  @Command(
      name = "retry",
      description = "Runs a failed or cancelled job again; without an id, those that a filter has.",
      mixinStandardHelpOptions = true)
  int retry(
      @Parameters(paramLabel = "JOB", arity = "0..1", description = "the id of a job")
          Optional<String> job,
      @Mixin ManyJobs many,
      @Mixin WithReason reason) {
    ApiClient api = api().because(reason.text());
    if (job.isPresent()) {
      return one(api, job.get(), "retry", many);
    }
    return many(
        api, "retry", many, List.of("queued", "left"), sum -> cell(sum, "queued") + " jobs queued");
  }

  @Command(
      name = "purge",
      description = {
        "Deletes finished jobs with their children, attempts and logs. Nothing brings them back.",
        "It needs --reason unless it is a dry run."
      },
      mixinStandardHelpOptions = true)
  int purge(@Mixin ManyJobs many, @Mixin WithReason reason) {
    return many(
        api().because(reason.text()),
        "purge",
        many,
        List.of("purged", "children", "left"),
        sum -> cell(sum, "purged") + " jobs deleted, with " + cell(sum, "children") + " children");
  }

  private int one(ApiClient api, String job, String command, ManyJobs many) {
    if (many.given()) {
      throw new UserError("jobs " + command + " takes the id of a job or a filter, not both");
    }
    return show(
        api.post(path(job) + "/" + command, Optional.empty()).orThrow(),
        (done, screen) -> screen.line("job " + cell(done, "job_id") + " " + cell(done, "status")));
  }

  private int many(
      ApiClient api,
      String command,
      ManyJobs many,
      List<String> counts,
      Function<JsonNode, String> did) {
    if (many.dryRun()) {
      return show(
          api.post("/jobs/" + command, Optional.of(many.filter(command))).orThrow(),
          ManyJobs::counted);
    }
    ObjectNode sum = many.goThrough(api, command, counts);
    return show(sum, (answer, screen) -> ManyJobs.done(did.apply(answer), answer, screen));
  }

  private static String path(String job) {
    if (!job.matches("[1-9][0-9]{0,17}")) {
      throw new UserError("JOB must be the id of a job, a whole number, was '" + job + "'");
    }
    return "/jobs/" + job;
  }
}
