package io.taskfleet.task;

import static java.lang.annotation.ElementType.TYPE_USE;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The name of a header that a caller may set on a mail. There is a list of those that may be set
 * and not of those that may not: providers read instructions from headers of their own, further
 * recipients among them.
 */
@Documented
@Constraint(validatedBy = MailHeader.Check.class)
@Target(TYPE_USE)
@Retention(RetentionPolicy.RUNTIME)
public @interface MailHeader {
  String message() default "must be a header that may be set";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Looks for the name in the list. */
  final class Check implements ConstraintValidator<MailHeader, String> {
    private static final Set<String> ALLOWED =
        Set.of(
            "auto-submitted",
            "comments",
            "feedback-id",
            "importance",
            "in-reply-to",
            "keywords",
            "list-archive",
            "list-help",
            "list-id",
            "list-owner",
            "list-post",
            "list-subscribe",
            "organization",
            "precedence",
            "priority",
            "references",
            "sensitivity",
            "x-auto-response-suppress",
            "x-campaign-id",
            "x-entity-ref-id",
            "x-priority");

    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      return value == null || ALLOWED.contains(value.toLowerCase(Locale.ROOT));
    }

    /** The names, in lower case and in order. */
    public static Set<String> allowed() {
      return new TreeSet<>(ALLOWED);
    }
  }
}
