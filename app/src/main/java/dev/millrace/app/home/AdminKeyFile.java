package dev.millrace.app.home;

import dev.millrace.app.config.Secret;
import dev.millrace.app.error.UserError;
import dev.millrace.embedded.files.TrustedPlace;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * The file that holds the admin key when no setting does; only its owner can read it.
 *
 * @param path may not exist yet
 */
public record AdminKeyFile(Path path) {
  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /**
   * The key in the file, made at the first call. Processes that start together all get the same
   * one: the file appears complete or not at all, and the first one stays.
   *
   * @throws UserError when it can be neither read nor made
   */
  public Secret readOrMake() {
    refuseIfPrepared();
    Optional<Secret> existing = read();
    if (existing.isPresent()) {
      return existing.get();
    }
    try {
      make();
    } catch (IOException e) {
      throw new UserError("the admin key " + path + " cannot be made: " + DataDir.reason(e), e);
    }
    return read()
        .orElseThrow(
            () -> new UserError("the admin key " + path + " was deleted while it was read"));
  }

  private void refuseIfPrepared() {
    try {
      TrustedPlace.checkSecret(path);
    } catch (NoSuchFileException e) {
      return; // it is about to be made
    } catch (IOException e) {
      throw new UserError("the admin key " + path + " cannot be read: " + DataDir.reason(e), e);
    }
  }

  /**
   * The key in the file; empty when there is no file.
   *
   * @throws UserError when it cannot be read, or is empty
   */
  public Optional<Secret> read() {
    try {
      String key = Files.readString(path).strip();
      if (key.isEmpty()) {
        throw new UserError(
            "the admin key " + path + " is empty: delete it to have a new one made");
      }
      return Optional.of(new Secret(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UserError("the admin key " + path + " cannot be read: " + DataDir.reason(e), e);
    }
  }

  private void make() throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Path draft =
        Files.createTempFile(
            path.toAbsolutePath().getParent(),
            ".admin-key",
            "",
            PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.writeString(draft, key + "\n");
      Files.createLink(path, draft); // unlike a move, it never replaces a key in use
    } catch (FileAlreadyExistsException e) {
      return; // another process was first: its key counts
    } finally {
      Files.delete(draft);
    }
  }
}
