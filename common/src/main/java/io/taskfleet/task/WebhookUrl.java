package io.taskfleet.task;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.ElementType.TYPE_USE;

import io.taskfleet.destination.Destinations;
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
import org.jspecify.annotations.Nullable;

/**
 * An absolute http or https URL with a host, and without user info or fragment (RFC 3986), that
 * leads to no address which must not be called.
 */
@Documented
@PublicDestination
@Constraint(validatedBy = WebhookUrl.Check.class)
@Target({FIELD, METHOD, PARAMETER, TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface WebhookUrl {
  String message() default "must be an absolute http or https URL";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Parses the URL. */
  final class Check implements ConstraintValidator<WebhookUrl, String> {
    private static final int LONGEST = 2_048;
    private static final int LAST_PORT = 65_535;

    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      return value == null || isUrl(value);
    }

    /** Whether this is such a URL. */
    public static boolean isUrl(String value) {
      try {
        URI uri = new URI(value);
        return value.length() <= LONGEST
            && ("http".equalsIgnoreCase(uri.getScheme())
                || "https".equalsIgnoreCase(uri.getScheme()))
            && Destinations.hostIn(uri) != null
            && uri.getRawUserInfo() == null
            && uri.getRawFragment() == null
            && uri.getPort() != 0
            && uri.getPort() <= LAST_PORT;
      } catch (URISyntaxException malformed) {
        return false;
      }
    }
  }
}
