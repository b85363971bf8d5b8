package dev.millrace.drills.child;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.sheet.Network;
import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SourcePolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a sheet from an address by the product's own way, but for the network: names are answered
 * from the payload, and connections are noted and refused. Nothing is sent.
 */
public final class AddressHandler implements JobHandler<AddressHandler.Payload> {
  public static final JobKind<Payload> KIND =
      JobKind.of("drill.address", Payload.class).withMaxAttempts(1);

  /**
   * Where to.
   *
   * @param answers of the resolver, one after the other; the last one again and again
   * @param house whether the master sheet lies in the house
   */
  public record Payload(String url, List<String> answers, boolean house) {}

  /**
   * What became of it.
   *
   * @param outcome as the product says it
   * @param connections the addresses that it would have connected to
   */
  public record Result(String outcome, List<String> connections) {}

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload payload, JobContext context) {
    Recorder network = new Recorder(payload.answers());
    SourcePolicy policy = new SourcePolicy(Set.of("http", "https"), payload.house(), List.of());
    String outcome = "";
    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT, network)) {
      for (int times = 0; times < payload.answers().size(); times++) {
        outcome = read(sources, payload.url());
      }
    }
    return Outcome.done(new Result(outcome, network.connections));
  }

  private static String read(SheetSources sources, String url) {
    try (Sheet sheet = sources.fetch(URI.create(url), Optional.empty()).orElseThrow()) {
      return "fetched " + sheet.version();
    } catch (SheetException e) {
      return e.type().name();
    } catch (IllegalArgumentException e) {
      return "not a URL";
    }
  }

  private static final class Recorder implements Network {
    /** What the JDK reads as an address without asking anybody. */
    private static final Pattern LITERAL =
        Pattern.compile(
            "(\\d{1,2}|1\\d\\d)(\\.(\\d{1,2}|[12]\\d\\d)){3}|\\[?[\\da-fA-F.]*:[\\da-fA-F:.]*]?");

    private final List<String> answers;
    private final List<String> connections = new ArrayList<>();
    private int asked;

    Recorder(List<String> answers) {
      this.answers = answers;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      if (LITERAL.matcher(host).matches()) {
        return InetAddress.getAllByName(host);
      }
      String answer = answers.get(Math.min(asked++, answers.size() - 1));
      return new InetAddress[] {InetAddress.getByName(answer)};
    }

    @Override
    public void connect(InetSocketAddress to, Connect connect) throws IOException {
      connections.add(to.getAddress().getHostAddress());
      throw new ConnectException("noted, and not made");
    }
  }
}
