package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;

/**
 * An email to be sent: it needs a subject, and a text or HTML or both; or a template. Immutable.
 */
public final class Email implements Payload {
  private final Fields fields;

  private Email(Fields fields) {
    this.fields = fields;
  }

  /** An email to these addresses, up to 50. */
  public static Email to(String... addresses) {
    return new Email(Fields.of("to", List.of(addresses)));
  }

  public Email subject(String subject) {
    return with("subject", subject);
  }

  public Email text(String text) {
    return with("text", text);
  }

  public Email html(String html) {
    return with("html", html);
  }

  public Email from(String address) {
    return with("from", address);
  }

  public Email replyTo(String address) {
    return with("reply_to", address);
  }

  public Email cc(String... addresses) {
    return with("cc", List.of(addresses));
  }

  public Email bcc(String... addresses) {
    return with("bcc", List.of(addresses));
  }

  /** The template that is its subject and bodies, and what it is filled in with. */
  public Email template(String name, Map<String, ?> variables) {
    return with("template", name).with("variables", variables);
  }

  @Override
  public String type() {
    return "email";
  }

  @JsonValue
  Map<String, Object> fields() {
    return fields.values();
  }

  private Email with(String name, Object value) {
    return new Email(fields.with(name, value));
  }
}
