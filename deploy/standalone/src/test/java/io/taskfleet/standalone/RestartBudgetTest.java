package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartBudgetTest {
  private final RestartBudget budget = new RestartBudget();

  @Test
  void waitsLongerAfterEachQuickDeathAndThenGivesUp() {
    assertThat(budget.afterDeath(Duration.ofSeconds(3))).hasValue(Duration.ofMillis(500));
    assertThat(budget.afterDeath(Duration.ofSeconds(3))).hasValue(Duration.ofSeconds(1));
    assertThat(budget.afterDeath(Duration.ofSeconds(3))).hasValue(Duration.ofSeconds(2));
    assertThat(budget.afterDeath(Duration.ofSeconds(3))).hasValue(Duration.ofSeconds(4));
    assertThat(budget.afterDeath(Duration.ofSeconds(3))).isEmpty();
  }

  @Test
  void forgetsQuickDeathsOnceTheProcessHasLivedForAWhile() {
    for (int i = 0; i < 3; i++) {
      budget.afterDeath(Duration.ofSeconds(3));
    }

    assertThat(budget.afterDeath(Duration.ofHours(1))).hasValue(Duration.ofMillis(500));
  }
}
