package dev.millrace.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Settings;
import dev.millrace.app.doctor.FileFindings;
import dev.millrace.app.doctor.Finding;
import dev.millrace.app.doctor.Finding.Severity;
import dev.millrace.app.doctor.PostgresFindings;
import dev.millrace.app.doctor.RedisFindings;
import dev.millrace.app.doctor.StatusFindings;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.log.Colour;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Finds what is wrong with an installation, and says what helps. */
@Command(
    name = "doctor",
    description = {
      "Finds what is wrong with an installation, and says what helps.",
      "With DATABASE_URL or REDIS_URL it asks these services, and needs no API; without them, or with"
          + " --url, --profile or --key, it asks the API. It changes nothing."
    },
    mixinStandardHelpOptions = true,
    exitCodeList = {
      "0:nothing is wrong; what somebody wanted so is noted",
      "1:it works, with problems",
      "2:the command line is wrong, or the API could not be asked",
      "3:something does not work"
    })
public final class DoctorCommand extends ApiCommand implements Callable<Integer> {
  private static final int WARNS = 1;
  private static final int FAILS = 3;

  private final Map<String, String> environment;

  public DoctorCommand(Map<String, String> environment) {
    super(environment);
    this.environment = environment;
  }

  @Override
  public Integer call() {
    List<Finding> findings = new ArrayList<>(FileFindings.of(secrets()));
    Config.Services services =
        Config.read(Settings.of(environment), Config.Needs.NOTHING, DataDirs.main(environment))
            .services();
    if (apiGiven() || (services.database().isEmpty() && services.redis().isEmpty())) {
      findings.addAll(ofTheApi());
    } else {
      services
          .database()
          .ifPresent(
              url -> findings.addAll(PostgresFindings.of(url, PostgresFindings.Limits.DEFAULT)));
      services.redis().ifPresent(url -> findings.addAll(RedisFindings.of(url)));
    }
    findings.sort(Comparator.comparing(Finding::severity));
    print(findings);
    return exitCode(findings);
  }

  private List<Finding> ofTheApi() {
    ApiClient.Answer answer = api().get("/status");
    if (answer.status() >= 500) {
      return List.of(Finding.fail("api_fails", String.valueOf(answer.failure().getMessage()), ""));
    }
    if (!answer.ok()) {
      throw new UserError(String.valueOf(answer.failure().getMessage()));
    }
    return StatusFindings.of(answer.body());
  }

  private List<Path> secrets() {
    return Stream.concat(
            Stream.of(DataDirs.main(environment), DataDirs.demo(environment))
                .map(dir -> dir.resolve("admin-key")),
            Stream.of("GOOGLE_APPLICATION_CREDENTIALS")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(path -> !path.isBlank())
                .map(Path::of))
        .toList();
  }

  private void print(List<Finding> findings) {
    if (json()) {
      ObjectNode answer = body();
      ArrayNode list = answer.putArray("findings");
      for (Finding finding : findings) {
        list.addObject()
            .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
            .put("code", finding.code())
            .put("message", finding.message())
            .put("advice", finding.advice().isEmpty() ? null : finding.advice());
      }
      out().println(answer.toPrettyString());
    } else {
      Screen screen = screen();
      for (Finding finding : findings) {
        screen.line(
            colour(finding.severity()),
            "%-4s  %s".formatted(finding.severity().name(), finding.message()));
        if (!finding.advice().isEmpty()) {
          screen.line("      " + finding.advice());
        }
      }
      if (findings.stream().allMatch(finding -> finding.severity() == Severity.NOTE)) {
        screen.line("OK    no problem found");
      }
    }
    out().flush();
  }

  private static Colour colour(Severity severity) {
    return switch (severity) {
      case FAIL -> Colour.RED;
      case WARN -> Colour.YELLOW;
      case NOTE -> Colour.PLAIN;
    };
  }

  private static int exitCode(List<Finding> findings) {
    Severity worst = findings.stream().map(Finding::severity).findFirst().orElse(Severity.NOTE);
    return switch (worst) {
      case FAIL -> FAILS;
      case WARN -> WARNS;
      case NOTE -> 0;
    };
  }
}
