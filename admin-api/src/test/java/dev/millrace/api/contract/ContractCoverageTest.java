package dev.millrace.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.contract.ApiDescription.Operation;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Whether the tests of this module have seen the whole description. Runs last, in a process of its
 * own; claims nothing when not all of the other classes have run.
 */
@Order(Integer.MAX_VALUE)
class ContractCoverageTest {
  private static final ApiDescription API = ApiDescription.CURRENT;

  /** Conflicts of an operation that no test provokes, each with the reason. */
  private static final Map<String, String> UNPROVOKED_CONFLICTS =
      Map.of(
          "pauseLane not_found",
          "the pause is lifted between two statements of its own request",
          "startSync not_found",
          "the sync in the way ends and is pruned between two statements of the request");

  @BeforeAll
  static void all_other_classes_have_run() {
    Set<String> missing = RanClasses.missing();
    assumeTrue(missing.isEmpty(), () -> "no claim: " + missing.size() + " classes have not run");
  }

  @Test
  void every_answer_that_is_no_problem_was_seen() {
    Set<String> described = new TreeSet<>();
    for (Operation operation : API.operations()) {
      for (Map.Entry<String, JsonNode> response : operation.node().path("responses").properties()) {
        if (!API.resolve(response.getValue()).path("content").has(Contract.PROBLEM)) {
          described.add(Coverage.answer(operation, Integer.parseInt(response.getKey())));
        }
      }
    }
    assertThat(described).hasSizeGreaterThanOrEqualTo(API.operations().size());
    assertThat(Coverage.unseen(described)).as("answers that no test has got").isEmpty();
  }

  @Test
  void every_problem_code_was_seen() {
    Set<String> described = API.codesOfNoOperation();
    API.operations().forEach(operation -> described.addAll(API.codes(operation)));
    assertThat(described).hasSizeGreaterThan(30);
    assertThat(Coverage.unseen(described)).as("problem codes that no test has got").isEmpty();
  }

  /** 409, 412 and 502 are an operation's own: another one's does not stand in for it. */
  @Test
  void every_conflict_of_every_operation_was_seen() {
    Set<String> described = new TreeSet<>();
    for (Operation operation : API.operations()) {
      for (int status : Set.of(404, 409, 412, 422, 502)) {
        API.codes(API.response(Optional.of(operation), status))
            .forEach(code -> described.add(operation.id() + " " + code));
      }
    }
    assertThat(described).containsAll(UNPROVOKED_CONFLICTS.keySet());
    assertThat(Coverage.unseen(new TreeSet<>(UNPROVOKED_CONFLICTS.keySet())))
        .as("conflicts that were said to be unprovoked, all of them")
        .isEqualTo(UNPROVOKED_CONFLICTS.keySet());
    described.removeAll(UNPROVOKED_CONFLICTS.keySet());
    assertThat(Coverage.unseen(described)).as("conflicts that no test has got").isEmpty();
  }
}
