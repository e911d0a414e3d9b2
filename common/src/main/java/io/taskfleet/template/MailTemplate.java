package io.taskfleet.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A mail with holes in its subject and bodies. */
public final class MailTemplate {
  private static final Map<String, MailTemplate> BUILT_IN = Map.of("welcome", read("welcome"));

  private final Source source;
  private final Hollow subject;
  private final @Nullable Hollow text;
  private final @Nullable Hollow html;

  private MailTemplate(Source source) throws TemplateException {
    this.source = source;
    this.subject = Hollow.plain("subject", source.subject());
    this.text = source.text() == null ? null : Hollow.plain("text", source.text());
    this.html = source.html() == null ? null : Hollow.html("html", source.html());
  }

  /** A template as it is written; at least one of text and html is given. */
  public record Source(String subject, @Nullable String text, @Nullable String html) {}

  /** A mail's subject and bodies. */
  public record Filled(String subject, @Nullable String text, @Nullable String html) {}

  /**
   * The template that is written so.
   *
   * @throws TemplateException if it is none
   */
  public static MailTemplate of(Source source) throws TemplateException {
    return new MailTemplate(source);
  }

  /** The one that comes with every fleet, if there is one of this name. */
  public static Optional<MailTemplate> builtIn(String name) {
    return Optional.ofNullable(BUILT_IN.get(name));
  }

  /** As it is written. */
  public Source source() {
    return source;
  }

  /**
   * The mail with these values in it.
   *
   * @param variables by name; null for none
   * @throws TemplateException if a value is missing, or none that can stand there
   */
  public Filled fill(@Nullable ObjectNode variables) throws TemplateException {
    Values values = Values.of(variables);
    return new Filled(
        subject.filled(values),
        text == null ? null : text.filled(values),
        html == null ? null : html.filled(values));
  }

  private static MailTemplate read(String name) {
    try {
      return new MailTemplate(
          new Source(
              resource(name + ".subject.txt").strip(),
              resource(name + ".text.txt"),
              resource(name + ".html")));
    } catch (TemplateException ourMistake) {
      throw new IllegalStateException(ourMistake);
    }
  }

  private static String resource(String name) {
    try (InputStream file = MailTemplate.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
