package io.taskfleet.gateway.template;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.taskfleet.task.SingleLine;
import io.taskfleet.template.MailTemplate;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a template says.
 *
 * @param text the plain body; at least one of text and html is given
 * @param html in which values are escaped
 */
record TemplateBody(
    @NotBlank @Size(max = 998) @SingleLine String subject,
    @Nullable @Size(max = 250_000) String text,
    @Nullable @Size(max = 250_000) String html) {

  @JsonIgnore
  @AssertTrue(message = "give text, html, or both") boolean isBodyGiven() {
    return text != null || html != null;
  }

  MailTemplate.Source source() {
    return new MailTemplate.Source(subject, text, html);
  }
}
