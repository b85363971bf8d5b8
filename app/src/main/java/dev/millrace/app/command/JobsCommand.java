package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.job.JobState;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists jobs, shows one, and changes what becomes of them. */
@Command(
    name = "jobs",
    description = "Lists jobs, newest first; or shows, retries, cancels and follows them.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace jobs --state failed --kind mail.send",
      "  millrace jobs show 4711",
      "  millrace jobs logs -f 4711",
      "  millrace jobs retry --kind mail.send --reason 'the mail server is back'"
    })
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
      description = "Cancels a job that has not ended, its children too.",
      mixinStandardHelpOptions = true)
  int cancel(
      @Parameters(paramLabel = "JOB", description = "the id of a job") String job,
      @Mixin WithReason reason) {
    JsonNode answer =
        api().because(reason.text()).post(path(job) + "/cancel", Optional.empty()).orThrow();
    return show(
        answer,
        (done, screen) -> screen.line("job " + cell(done, "job_id") + " " + cell(done, "status")));
  }

  @Command(
      name = "retry",
      description = "Runs a failed or cancelled job again; without an id, those that a filter has.",
      mixinStandardHelpOptions = true)
  int retry(
      @Parameters(paramLabel = "JOB", arity = "0..1", description = "the id of a job")
          Optional<String> job,
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "of those without an id: failed (the default) or cancelled")
          Optional<String> only,
      @Option(names = "--kind", paramLabel = "KIND", description = "only those of a kind")
          Optional<String> ofKind,
      @Option(names = "--queue", paramLabel = "QUEUE", description = "only those of a queue")
          Optional<String> ofQueue,
      @Option(
              names = "--all",
              description = "needed to retry every failed job: without an id, a kind or a queue")
          boolean all,
      @Mixin WithReason reason) {
    ApiClient api = api().because(reason.text());
    if (job.isPresent()) {
      return show(
          api.post(path(job.get()) + "/retry", Optional.empty()).orThrow(),
          (done, screen) ->
              screen.line("job " + cell(done, "job_id") + " " + cell(done, "status")));
    }
    if (!all && ofKind.isEmpty() && ofQueue.isEmpty()) {
      throw new UserError("jobs retry needs the id of a job, --kind, --queue or --all");
    }
    ObjectNode filter = body();
    only.ifPresent(text -> filter.put("state", text));
    ofKind.ifPresent(text -> filter.put("kind", text));
    ofQueue.ifPresent(text -> filter.put("queue", text));
    return retryAll(api, filter);
  }

  /** Page by page; a page is a transaction of its own, so what was queued stays queued. */
  private int retryAll(ApiClient api, ObjectNode filter) {
    long queued = 0;
    long left = 0;
    while (true) {
      JsonNode page = api.post("/jobs/retry", Optional.of(filter)).orThrow();
      queued += page.path("queued").asLong();
      left += page.path("left").asLong();
      JsonNode next = page.path("next_cursor");
      if (!next.isTextual()) {
        break;
      }
      filter.set("cursor", next);
    }
    ObjectNode sum = body().put("queued", queued).put("left", left);
    String refused =
        left == 0
            ? ""
            : "; " + left + " stay: their unique key is held, or their family is at work";
    return show(
        sum, (done, screen) -> screen.line(cell(done, "queued") + " jobs queued" + refused));
  }

  private static String path(String job) {
    if (!job.matches("[1-9][0-9]{0,17}")) {
      throw new UserError("JOB must be the id of a job, a whole number, was '" + job + "'");
    }
    return "/jobs/" + job;
  }
}
