package dev.millrace.app.config;

import dev.millrace.MillraceException;
import dev.millrace.address.Address;
import dev.millrace.app.error.UserError;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** Where the API is, for commands that only talk to it. */
public final class ApiAddress {
  private ApiAddress() {}

  /**
   * {@code MILLRACE_URL}, else this machine and {@code MILLRACE_PORT}, else its default port.
   *
   * @throws UserError when one of them is wrong
   */
  public static URI read(Settings settings) {
    Optional<URI> given = settings.find("MILLRACE_URL").map(ApiAddress::web);
    Reader reader = new Reader(settings);
    int port = reader.number("MILLRACE_PORT", Config.DEFAULT_PORT, 0, 65_535);
    reader.refuseIfWrong();
    return given.orElseGet(
        () ->
            URI.create(
                "http://" + Config.DEFAULT_HOST + ":" + (port == 0 ? Config.DEFAULT_PORT : port)));
  }

  private static URI web(Settings.Given given) {
    try {
      return Address.web(given.text(), Set.of("http", "https"));
    } catch (MillraceException e) {
      throw new UserError(
          given.label()
              + " must be http://host:port or https://host:port, was '"
              + given.text().replaceAll("//.*@", "//***@")
              + "': "
              + e.getMessage(),
          e);
    }
  }
}
