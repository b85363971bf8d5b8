package dev.millrace.app.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A link to the page that signs a user in once, within five minutes. The secret stands behind the
 * {@code #}, which browsers send to no server.
 */
public record SignInLink(String address) {
  /** The user of the first sign-in: its first link makes it. */
  public static final String FIRST_USER = "admin";

  /**
   * The link of an answer of the API.
   *
   * @param link the secret in the answer
   */
  public static SignInLink of(ApiClient api, String link) {
    return new SignInLink(api.page() + "/login#link=" + link);
  }

  /** Of the user admin; empty when it is disabled, or the API changes nothing now. */
  public static Optional<SignInLink> ofFirstUser(ApiClient api) {
    ApiClient.Answer made = api.post(path(FIRST_USER), Optional.empty());
    return made.ok() ? Optional.of(of(api, made.body().path("link").asText())) : Optional.empty();
  }

  /** Where the API makes one of a user. */
  public static String path(String user) {
    return "/users/"
        + URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20")
        + "/link";
  }

  @Override
  public String toString() {
    return "SignInLink[address=***]";
  }
}
