package io.taskfleet.gateway.template;

import io.taskfleet.template.MailTemplate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a template.
 *
 * @param builtIn whether it comes with every fleet; such a one has version 0
 */
record TemplateView(
    String name,
    int version,
    String subject,
    @Nullable String text,
    @Nullable String html,
    boolean builtIn,
    @Nullable Instant createdAt,
    Links links) {
  static final String TEMPLATES = "/v1/email-templates";

  /** Where it can be read. */
  record Links(String self) {
    static Links of(String name) {
      return new Links(TEMPLATES + '/' + name);
    }
  }

  /** The newest version of a template, without its bodies. */
  record Summary(String name, int version, String subject, Instant createdAt, Links links) {}

  /** A part of all that a tenant has. */
  record Page(List<Summary> templates, @Nullable String nextPageToken) {}

  static TemplateView stored(
      String name, int version, MailTemplate.Source source, Instant createdAt) {
    return new TemplateView(
        name,
        version,
        source.subject(),
        source.text(),
        source.html(),
        false,
        createdAt,
        Links.of(name));
  }

  static TemplateView builtIn(String name, MailTemplate.Source source) {
    return new TemplateView(
        name, 0, source.subject(), source.text(), source.html(), true, null, Links.of(name));
  }
}
