package io.taskfleet.gateway.endpoint;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/webhook-endpoints/{id}/rotate}.
 *
 * @param overlap how long the keys before sign along; a day if absent
 */
record RotationRequest(@Nullable String overlap) {
  private static final Duration USUAL = Duration.ofDays(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  Duration checkedOverlap() {
    return overlap == null
        ? USUAL
        : DurationText.parse(overlap)
            .filter(given -> !given.isNegative() && given.compareTo(LONGEST) <= 0)
            .orElseThrow(
                () ->
                    ProblemException.refused(
                        "/overlap", "must be a duration such as 24h or PT24H, up to 30d"));
  }
}
