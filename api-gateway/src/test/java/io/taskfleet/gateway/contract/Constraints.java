package io.taskfleet.gateway.contract;

import com.github.victools.jsonschema.generator.FieldScope;
import io.taskfleet.task.MailAddress;
import io.taskfleet.task.SingleLine;
import io.taskfleet.task.UnsubscribeUrl;
import io.taskfleet.task.WebhookUrl;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What the constraints on a record's component mean in JSON Schema. */
final class Constraints {
  /** A time with its offset (RFC 3339). */
  static final String TIME =
      "^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:[Zz]|[+-]\\d{2}:\\d{2})$";

  private static final String CONTROLS =
      "\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069";
  private static final String ADDRESS_SIGN = "[^\\s@<>()\\[\\]\\\\,;:\"%" + CONTROLS + "]";

  /** An http or https URL without user info and fragment. */
  static final String URL =
      "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@\\\\\"<>^`{|}]+(?:[/?][^\\s#\\\\\"<>^`{|}]*)?$";

  /** An https URL, or a mailto one that names a mailbox. */
  private static final String UNSUBSCRIBE =
      "^(?:https://[^\\s/?#@\\\\\"<>^`{|}]+(?:[/?#][^\\s\\\\\"<>^`{|}]*)?"
          + "|mailto:[^\\s/@\\\\\"<>^`{|}][^\\s@\\\\\"<>^`{|}]*@[^\\s\\\\\"<>^`{|}]*)$";

  /** A mailbox. */
  static final String MAIL = "^" + ADDRESS_SIGN + "{1,64}@" + ADDRESS_SIGN + "+$";

  private Constraints() {}

  /** Adds to the schema of this component, or of its elements. */
  static void describe(ObjectNode schema, FieldScope field) {
    List<String> patterns = new ArrayList<>();
    find(field, Pattern.class).ifPresent(it -> patterns.add("^(?:" + it.regexp() + ")$"));
    if (find(field, NotBlank.class).isPresent()) {
      patterns.add("[^\\u0000-\\u0020]");
    }
    if (find(field, SingleLine.class).isPresent()) {
      patterns.add("^[^" + CONTROLS + "]*$");
    }
    if (find(field, MailAddress.class).isPresent()) {
      schema.put("format", "email").put("maxLength", 254);
      patterns.add(MAIL);
    }
    if (find(field, WebhookUrl.class).isPresent()) {
      schema.put("format", "uri").put("maxLength", 2_048);
      patterns.add(URL);
    }
    if (find(field, UnsubscribeUrl.class).isPresent()) {
      schema.put("format", "uri").put("maxLength", 900);
      patterns.add(UNSUBSCRIBE);
    }
    of(field, "LanguageTag").ifPresent(it -> patterns.add(metaPattern(it)));
    of(field, "ZoneName")
        .ifPresent(it -> schema.put("description", "a zone such as Europe/Berlin"));
    put(schema, patterns);
  }

  private static void put(ObjectNode schema, List<String> patterns) {
    if (patterns.size() == 1) {
      schema.put("pattern", patterns.getFirst());
    } else {
      patterns.forEach(each -> schema.withArray("allOf").addObject().put("pattern", each));
    }
  }

  private static <A extends Annotation> Optional<A> find(FieldScope field, Class<A> type) {
    return Optional.ofNullable(
        field.isFakeContainerItemScope()
            ? field.getContainerItemAnnotation(type)
            : field.getAnnotation(type));
  }

  /** By name, since it is known in its own package only. */
  private static Optional<Annotation> of(FieldScope field, String name) {
    for (Annotation each : field.getRawMember().getAnnotations()) {
      if (each.annotationType().getSimpleName().equals(name)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  private static String metaPattern(Annotation composed) {
    Pattern pattern = composed.annotationType().getAnnotation(Pattern.class);
    if (pattern == null) {
      throw new IllegalStateException(composed + " has no pattern");
    }
    return "^(?:" + pattern.regexp() + ")$";
  }
}
