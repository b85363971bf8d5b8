package dev.millrace.api.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.api.problem.ProblemException;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
  @Test
  void a_used_up_budget_is_503_until_a_request_has_been_answered() {
    BodyBudget budget = new BodyBudget(0);
    BodyBudget.Share first = budget.share();
    first.takeBytes(34 * 1024 * 1024);
    first.takeValues(BodyBudget.MOST_VALUES);
    BodyBudget.Share second = budget.share();
    assertThatThrownBy(() -> second.takeBytes(1)).satisfies(BodyBudgetTest::isBusy);
    assertThatThrownBy(() -> second.takeValues(1)).satisfies(BodyBudgetTest::isBusy);
    first.close();
    first.close();
    second.takeBytes(34 * 1024 * 1024);
    assertThatThrownBy(() -> second.takeBytes(1)).satisfies(BodyBudgetTest::isBusy);
  }

  private static void isBusy(Throwable failure) {
    assertThat(failure).isInstanceOf(ProblemException.class);
    var problem = ((ProblemException) failure).problem();
    assertThat(problem.status()).isEqualTo(503);
    assertThat(problem.headers()).containsKey("Retry-After");
  }
}
