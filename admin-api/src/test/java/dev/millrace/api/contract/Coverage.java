package dev.millrace.api.contract;

import dev.millrace.api.contract.ApiDescription.Operation;
import java.util.Optional;
import java.util.Set;

/** What the tests of this run have seen of the API, in all its processes. Thread-safe. */
final class Coverage {
  private static final RunLines SEEN = new RunLines("seen");

  private Coverage() {}

  /** An answer of an operation, such as {@code getJob 200}. */
  static String answer(Operation operation, int status) {
    return operation.id() + " " + status;
  }

  static void saw(Optional<Operation> operation, int status) {
    operation.ifPresent(one -> SEEN.add(answer(one, status)));
  }

  static void saw(Optional<Operation> operation, String code) {
    SEEN.add(code);
    operation.ifPresent(one -> SEEN.add(one.id() + " " + code));
  }

  /** Those of some answers and codes that no test has seen, in order. */
  static Set<String> unseen(Set<String> described) {
    return SEEN.without(described);
  }
}
