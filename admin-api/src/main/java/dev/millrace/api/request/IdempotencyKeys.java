package dev.millrace.api.request;

import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import io.javalin.http.Context;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Does the work of a request with an {@code Idempotency-Key} once: the key is stored in the
 * transaction that does it, and a repeated request gets the first answer. A refused request stores
 * nothing, so the key can be used again. Thread-safe.
 */
public final class IdempotencyKeys {
  /** The header of the request. */
  public static final String HEADER = "Idempotency-Key";

  private static final String TAKE = Sql.of(IdempotencyKeys.class, "take");
  private static final String KEEP = Sql.of(IdempotencyKeys.class, "keep");
  private static final String FIND = Sql.of(IdempotencyKeys.class, "find");
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,200}");

  private final Jdbi jdbi;

  public IdempotencyKeys(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  private record Earlier(String fingerprint, String answer) {}

  /**
   * Answers a request.
   *
   * @param sent the body: the same key with another one is refused
   * @param work done in one transaction, unless it has been done before
   * @return what to send; its {@link Answer#isNew} is true when the work was done now
   */
  public Answer answer(Context ctx, JsonBody sent, Function<Handle, Reply> work) {
    Optional<String> key = key(ctx);
    if (key.isEmpty()) {
      return new Answer(jdbi.inTransaction(work::apply), true);
    }
    String fingerprint = fingerprint(ctx.path(), sent);
    return jdbi.inTransaction(
        handle -> {
          int taken =
              handle
                  .createUpdate(TAKE)
                  .bind("key", key.get())
                  .bind("fingerprint", fingerprint)
                  .execute();
          if (taken == 0) {
            return new Answer(earlier(handle, key.get(), fingerprint), false);
          }
          Reply reply = work.apply(handle);
          handle
              .createUpdate(KEEP)
              .bind("key", key.get())
              .bind("answer", Json.write(reply))
              .execute();
          return new Answer(reply, true);
        });
  }

  /** What to send, and whether the work was done for this request. */
  public record Answer(Reply reply, boolean isNew) {}

  private static Reply earlier(Handle handle, String key, String fingerprint) {
    Earlier earlier =
        handle
            .createQuery(FIND)
            .bind("key", key)
            .map((row, context) -> new Earlier(row.getString(1), row.getString(2)))
            .one();
    if (!earlier.fingerprint().equals(fingerprint)) {
      throw new ProblemException(
          Problem.of(
                  422,
                  "idempotency_key_reused",
                  "Unprocessable Content",
                  HEADER + " '" + key + "' was sent before with another request; use a new key")
              .with("field", HEADER)
              .with("value", key));
    }
    return Json.read(earlier.answer(), Reply.class);
  }

  private static Optional<String> key(Context ctx) {
    Optional<String> key = Optional.ofNullable(ctx.header(HEADER));
    if (key.filter(text -> !KEY.matcher(text).matches()).isPresent()) {
      throw new ProblemException(
          Problem.of(
                  400,
                  "invalid_header",
                  "Bad Request",
                  HEADER + " must have 1 to 200 visible ASCII characters")
              .with("field", HEADER));
    }
    return key;
  }

  private static String fingerprint(String path, JsonBody sent) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update((path + "\n").getBytes(StandardCharsets.UTF_8));
      sent.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha));
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
