package io.taskfleet.task;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that happened, to be counted.
 *
 * @param name what happened, such as {@code page.viewed}
 * @param value a measure to be summed; whatever a double can be, within bounds
 * @param at when it happened; when it was submitted if absent
 */
public record AnalyticsPayload(
    @NotNull @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}") String name,
    @Nullable @Size(min = 1, max = 200) String userId,
    @Nullable @DecimalMin("-1e15") @DecimalMax("1e15") @Digits(integer = 16, fraction = 400) BigDecimal value,
    @Nullable ObjectNode properties,
    @Nullable Instant at)
    implements Addressed {

  @Override
  public Optional<String> recipient() {
    return Optional.ofNullable(userId);
  }
}
