package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Why a task's last attempt did not succeed.
 *
 * @param code the reason, such as {@code RETRIES_EXHAUSTED}
 * @param detail for people to read
 * @param errorClass the kind of failure, such as {@code transient}; {@code class} in JSON
 */
public record TaskError(
    String code, @Nullable String detail, @JsonProperty("class") @Nullable String errorClass) {}
