package io.taskfleet.gateway.template;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.SingleLine;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * A template that is not there yet.
 *
 * @param name by which mails refer to it
 */
record NewTemplate(
    @NotNull @Pattern(regexp = EmailPayload.TEMPLATE, message = NewTemplate.NAMED) String name,
    @NotBlank @Size(max = 998) @SingleLine String subject,
    @Nullable @Size(max = 250_000) String text,
    @Nullable @Size(max = 250_000) String html) {

  static final String NAMED = "must be lower-case letters, digits, dots, hyphens and underscores";

  @JsonIgnore
  @AssertTrue(message = "give text, html, or both") boolean isBodyGiven() {
    return text != null || html != null;
  }

  TemplateBody body() {
    return new TemplateBody(subject, text, html);
  }
}
