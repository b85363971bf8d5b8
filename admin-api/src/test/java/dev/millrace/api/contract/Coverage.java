package dev.millrace.api.contract;

import dev.millrace.api.contract.ApiDescription.Operation;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What the tests of this process have seen of the API. Thread-safe. */
final class Coverage {
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

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
    Set<String> unseen = new TreeSet<>(described);
    unseen.removeAll(SEEN);
    return unseen;
  }
}
