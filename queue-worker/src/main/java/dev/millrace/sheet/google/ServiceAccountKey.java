package dev.millrace.sheet.google;

import com.google.auth.oauth2.ServiceAccountCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/**
 * The key file of a service account, as Google's console writes it. Its text has no secret.
 *
 * @param file where it was read
 * @param credentials holds the private key
 */
public record ServiceAccountKey(Path file, ServiceAccountCredentials credentials) {
  /** A key file has about 2,400 bytes. */
  private static final int MOST_BYTES = 100_000;

  /**
   * Reads and checks a key file.
   *
   * @throws IllegalArgumentException which says what is wrong, without anything of the content
   */
  public static ServiceAccountKey read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException("it has more than " + MOST_BYTES + " bytes");
      }
      ServiceAccountCredentials read = ServiceAccountCredentials.fromStream(in);
      GoogleSettings.checked(read.getTokenServerUri());
      return new ServiceAccountKey(file, read);
    } catch (IOException | RuntimeException e) {
      throw notAKey(reason(e)); // without the cause, whose message may contain a part of the key
    }
  }

  private static String reason(Exception e) {
    String message = String.valueOf(e.getMessage());
    if (message.startsWith("it has more than")) {
      return message;
    } else if (message.startsWith("must ")) {
      return "its token_uri " + message;
    } else if (message.contains("PKCS#8")) {
      return "its private_key is no PKCS#8 key";
    } else if (message.contains("'type'")) {
      return "its type is not service_account";
    } else if (message.contains("'client_email'")) {
      return "client_id, client_email, private_key or private_key_id is missing";
    }
    return "it cannot be read as JSON (" + e.getClass().getSimpleName() + ")";
  }

  private static IllegalArgumentException notAKey(String why) {
    return new IllegalArgumentException(
        "must be the JSON key file of a Google service account: " + why);
  }

  /** The address with which a sheet must be shared. */
  public String email() {
    return credentials.getClientEmail();
  }

  /** The project whose quota is used; empty if the file names none. */
  public String project() {
    return Optional.ofNullable(credentials.getProjectId()).orElse("");
  }

  /** Where tokens are given. */
  public URI token() {
    return credentials.getTokenServerUri();
  }

  /** A sentence if other accounts of this machine can read the private key. */
  public Optional<String> exposed() {
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      boolean open =
          view != null
              && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ);
      return open
          ? Optional.of(
              "%s contains a private key and every account of this machine can read it: chmod 600 %s"
                  .formatted(file, file))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(file + " cannot be checked for who can read it: " + e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "ServiceAccountKey[file=%s, email=%s]".formatted(file, email());
  }
}
