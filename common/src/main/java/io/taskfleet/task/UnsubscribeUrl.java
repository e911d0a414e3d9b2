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
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where to unsubscribe (RFC 2369): an https URL with a host, or a mailto one, in printable ASCII
 * and without angle brackets.
 */
@Documented
@Constraint(validatedBy = UnsubscribeUrl.Check.class)
@Target(TYPE_USE)
@Retention(RetentionPolicy.RUNTIME)
public @interface UnsubscribeUrl {
  String message() default "must be an https or mailto URL";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Parses the URL. */
  final class Check implements ConstraintValidator<UnsubscribeUrl, String> {
    private static final int LONGEST = 900;

    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      if (value == null) {
        return true;
      }
      if (value.length() > LONGEST || value.chars().anyMatch(c -> c <= ' ' || c > '~')) {
        return false;
      }
      try {
        URI uri = new URI(value);
        return switch (Objects.requireNonNullElse(uri.getScheme(), "")) {
          case "https" -> uri.getHost() != null && uri.getRawUserInfo() == null;
          case "mailto" -> uri.isOpaque() && uri.getRawSchemeSpecificPart().indexOf('@') > 0;
          default -> false;
        };
      } catch (URISyntaxException malformed) {
        return false;
      }
    }
  }
}
