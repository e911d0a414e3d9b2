package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;
import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An email.
 *
 * @param to one address or several
 * @param text the plain body; at least one of text and html is given
 * @param from the sender; the worker's configured one if absent
 */
public record EmailPayload(
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @NotEmpty @Size(max = 50) @Valid List<@MailAddress String> to,
    @NotBlank @Size(max = 998) @SingleLine String subject,
    @Nullable @Size(max = 500_000) String text,
    @Nullable @Size(max = 500_000) String html,
    @Nullable @MailAddress String from,
    @Nullable @MailAddress String replyTo,
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable @Size(max = 50) @Valid List<@MailAddress String> cc,
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable @Size(max = 50) @Valid List<@MailAddress String> bcc)
    implements Addressed {

  @JsonIgnore
  @AssertTrue(message = "give text, html, or both") public boolean isBodyGiven() {
    return text != null || html != null;
  }

  @Override
  public Optional<String> recipient() {
    return Optional.of(to.getFirst().toLowerCase(Locale.ROOT));
  }
}
