package io.taskfleet.worker.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.AnalyticsPayload;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class AnalyticsHandlerTest {
  private static final Instant CREATED = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant HAPPENED = Instant.parse("2026-11-20T12:00:00Z");
  private static final TaskContext CONTEXT =
      new AttemptContext(
          new UUID(1, 2), "acme", 1, CREATED, CREATED.plusSeconds(30), null, _ -> {});

  private final AnalyticsHandler handler = new AnalyticsHandler();

  @Test
  void countsTheEventWhenItHappened() {
    var properties = JsonNodeFactory.instance.objectNode().put("page", "/ü");

    ResultWithEffects result =
        handler.handle(
            new AnalyticsPayload("page.viewed", "u1", BigDecimal.TEN, properties, HAPPENED),
            CONTEXT);

    assertThat(result.value()).isNull();
    assertThat(result.effects())
        .containsExactly(
            new Effect.EventCounted(
                "page.viewed", "u1", BigDecimal.TEN, "{\"page\":\"/ü\"}", HAPPENED));
  }

  @Test
  void countsTheEventWhenItWasSubmittedIfNothingElseIsSaid() {
    ResultWithEffects result =
        handler.handle(new AnalyticsPayload("signup", null, null, null, null), CONTEXT);

    assertThat(result.effects())
        .containsExactly(new Effect.EventCounted("signup", null, null, null, CREATED));
  }

  @Test
  void hasNoEffectButItsResult() {
    assertThat(handler.isPure()).isTrue();
  }
}
