package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;
import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An email: its subject and bodies as they are, or a template and what to fill it with.
 *
 * @param to one address or several
 * @param text the plain body; at least one of text and html is given, unless a template is
 * @param from the sender; the worker's configured one if absent
 * @param headers by name, of those that a caller may set
 * @param listUnsubscribe how to end a subscription: https, mailto, or one of each
 * @param template the name of the template that is the subject and the bodies
 * @param templateVersion which of its versions; the newest if absent
 * @param variables what the template is filled with
 * @param deliverTo those of to, cc and bcc who get it; all if absent
 */
public record EmailPayload(
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @NotEmpty @Size(max = 50) @Valid List<@NotNull @MailAddress String> to,
    @Nullable @Size(min = 1, max = 998) @Pattern(regexp = "[\\s\\S]*[^\\u0000-\\u0020][\\s\\S]*", message = "must not be blank") @SingleLine
        String subject,
    @Nullable @Size(max = 500_000) String text,
    @Nullable @Size(max = 500_000) String html,
    @Nullable @MailAddress String from,
    @Nullable @MailAddress String replyTo,
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable @Size(max = 50) @Valid List<@NotNull @MailAddress String> cc,
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable @Size(max = 50) @Valid List<@NotNull @MailAddress String> bcc,
    @Nullable @Size(max = 20) Map<@MailHeader String, @NotNull @SingleLine @Size(max = 998) String> headers,
    @Nullable @Size(max = 20) List<@NotNull @Valid MailAttachment> attachments,
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable @Size(min = 1, max = 2) List<@NotNull @UnsubscribeUrl String> listUnsubscribe,
    @Nullable @Pattern(regexp = TEMPLATE, message = "must be a template's name") String template,
    @Nullable @Min(1) Integer templateVersion,
    @Nullable ObjectNode variables,
    @Nullable @Size(min = 1, max = 150) @Valid List<@NotNull @MailAddress String> deliverTo)
    implements Addressed {

  /** What a template may be called. */
  public static final String TEMPLATE = "[a-z0-9][a-z0-9._-]{0,99}";

  /** A mail that is its subject and bodies. */
  public EmailPayload(
      List<String> to,
      String subject,
      @Nullable String text,
      @Nullable String html,
      @Nullable String from,
      @Nullable String replyTo,
      @Nullable List<String> cc,
      @Nullable List<String> bcc) {
    this(to, subject, text, html, from, replyTo, cc, bcc, null, null, null, null, null, null, null);
  }

  /** A mail made of a template. */
  public static EmailPayload ofTemplate(List<String> to, String template, ObjectNode variables) {
    return new EmailPayload(
        to, null, null, null, null, null, null, null, null, null, null, template, null, variables,
        null);
  }

  /** The same mail, for these of its recipients only. */
  public EmailPayload deliveredTo(List<String> only) {
    return new EmailPayload(
        to,
        subject,
        text,
        html,
        from,
        replyTo,
        cc,
        bcc,
        headers,
        attachments,
        listUnsubscribe,
        template,
        templateVersion,
        variables,
        only);
  }

  /** Whom it goes to, each once. */
  public List<String> recipients() {
    return deliverTo == null ? addressed().distinct().toList() : deliverTo;
  }

  private Stream<String> addressed() {
    return Stream.of(to, cc, bcc).filter(each -> each != null).flatMap(List::stream);
  }

  @JsonIgnore
  @AssertTrue(message = "give subject, and text, html, or both; or template") public boolean isBodyGiven() {
    return template == null
        ? subject != null && (text != null || html != null)
        : subject == null && text == null && html == null;
  }

  @JsonIgnore
  @AssertTrue(message = "give template_version and variables with template only") public boolean isTemplateOfVariablesGiven() {
    return template != null || (variables == null && templateVersion == null);
  }

  @JsonIgnore
  @AssertTrue(message = "deliver_to must name recipients of the mail") public boolean isRecipientOfDeliveryGiven() {
    return deliverTo == null
        || addressed().collect(Collectors.toCollection(HashSet::new)).containsAll(deliverTo);
  }

  @Override
  public Optional<String> recipient() {
    return Optional.of(to.getFirst().toLowerCase(Locale.ROOT));
  }
}
