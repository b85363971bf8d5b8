package dev.millrace.api.account;

import dev.millrace.Threads;
import dev.millrace.api.problem.Problems;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id, 19 MiB and two passes: about 100 ms of one core. Two are hashed
 * at once and a few wait, on threads of their own: a flood of sign-ins takes neither memory nor the
 * threads of other requests. Thread-safe.
 */
public final class PasswordHashes implements AutoCloseable {
  public static final int SHORTEST = 12;
  public static final int LONGEST = 200;

  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int AT_ONCE = 2;
  private static final int WAITING = 16;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Duration LONGEST_TASK = Duration.ofMinutes(1);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern ENCODED =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=1\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private final Semaphore places = new Semaphore(AT_ONCE + WAITING);
  private final GuardedTasks tasks;

  /** What a password is compared with when there is no such user. */
  private final String ofNoUser;

  public PasswordHashes(Health health) {
    this.tasks =
        new GuardedTasks(
            "passwords",
            health,
            LONGEST_TASK,
            Executors.newFixedThreadPool(AT_ONCE, Threads.named("passwords-")));
    this.ofNoUser = ofNoPassword();
  }

  /** A hash that no known password has. */
  static String ofNoPassword() {
    return encoded(PASSES, bytes(SALT_BYTES), bytes(HASH_BYTES));
  }

  /**
   * Does work that hashes.
   *
   * @throws dev.millrace.api.problem.ProblemException 503 when too much of it waits already
   */
  <T> CompletableFuture<T> with(Supplier<T> work) {
    if (!places.tryAcquire()) {
      throw Problems.overloaded(WAITING + " passwords wait to be checked already");
    }
    try {
      return tasks.ask(work).whenComplete((done, failure) -> places.release());
    } catch (RuntimeException e) {
      places.release();
      throw e;
    }
  }

  /** The hash of a password, with its parameters and a salt of its own. */
  static String hash(String password) {
    byte[] salt = bytes(SALT_BYTES);
    return encoded(PASSES, salt, argon2(password, salt, MEMORY_KIB, PASSES));
  }

  /**
   * Whether a password has this hash; takes as long when there is none.
   *
   * @param hash empty: there is no such user
   */
  boolean matches(String password, Optional<String> hash) {
    Matcher parts = ENCODED.matcher(hash.orElse(ofNoUser));
    if (!parts.matches()) {
      throw new IllegalStateException("a stored password hash is malformed");
    }
    byte[] expected = Base64.getDecoder().decode(parts.group(4));
    byte[] actual =
        argon2(
            password,
            Base64.getDecoder().decode(parts.group(3)),
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)));
    return MessageDigest.isEqual(expected, actual) && hash.isPresent();
  }

  private static byte[] argon2(String password, byte[] salt, int memoryKib, int passes) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(passes)
            .withParallelism(1)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[HASH_BYTES];
    int unused = generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }

  private static String encoded(int passes, byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
        .formatted(MEMORY_KIB, passes, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  private static byte[] bytes(int count) {
    byte[] random = new byte[count];
    RANDOM.nextBytes(random);
    return random;
  }

  @Override
  public void close() {
    tasks.close();
  }
}
