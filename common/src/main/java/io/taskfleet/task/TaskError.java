package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Why a task's last attempt did not succeed.
 *
 * @param code a {@link ReasonCode} for a dead task, else the kind of failure
 * @param detail for the caller to read
 * @param errorClass the kind of failure, such as {@code transient}; {@code class} in JSON
 */
public record TaskError(
    String code, String detail, @JsonProperty("class") @Nullable String errorClass) {
  private static final int LONGEST_DETAIL = 1_000;

  /** Makes the detail one line that can be stored anywhere. */
  public TaskError {
    if (detail.length() > LONGEST_DETAIL) {
      detail = detail.substring(0, LONGEST_DETAIL);
    }
    if (detail.chars().anyMatch(Character::isISOControl)) {
      detail = detail.replaceAll("\\p{Cntrl}", " ");
    }
  }
}
