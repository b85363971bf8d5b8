package dev.millrace.app.command;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.error.UserError;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.http.SignInLink;
import dev.millrace.app.process.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a person reads when all roles serve in this process: how to get to the page. */
final class Welcome {
  private final Map<String, String> environment;
  private final Node node;
  private final DataDir dataDir;

  Welcome(Map<String, String> environment, Node node, DataDir dataDir) {
    this.environment = environment;
    this.node = node;
    this.dataDir = dataDir;
  }

  /**
   * A link that signs in once, and how to get another. It goes to the screen alone: who reads a log
   * could be first to use it.
   */
  List<String> signIn() {
    return link()
        .map(
            made ->
                List.of(
                    "sign in    " + made.address(),
                    "           once, within five minutes; for another: " + command("user link")))
        .orElseGet(() -> List.of("page       " + node.address().resolve("/admin")));
  }

  /** Empty when none is made: the process serves all the same. */
  private Optional<SignInLink> link() {
    try {
      return SignInLink.ofFirstUser(new ApiClient(node.address(), List.of(node.adminKey())));
    } catch (UserError e) {
      return Optional.empty(); // the API gave no answer
    }
  }

  /** A command that talks to this process, with the options that it needs. */
  String command(String verb) {
    StringBuilder command = new StringBuilder("./millrace ").append(verb);
    if (node.address().getPort() != Config.DEFAULT_PORT) {
      command.append(" --url ").append(node.address());
    }
    boolean looked =
        Stream.of(DataDirs.main(environment), DataDirs.demo(environment))
            .map(Path::toAbsolutePath)
            .anyMatch(dataDir.path()::equals);
    if (!looked) {
      command.append(" --data '").append(dataDir.path()).append('\'');
    }
    return command.toString();
  }
}
