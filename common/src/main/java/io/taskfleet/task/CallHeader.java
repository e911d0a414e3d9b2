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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a header that a caller may set on an outgoing request: a token (RFC 9110 §5.6.2), and
 * none that says how the message is framed, where it goes, or who proxies it.
 */
@Documented
@Constraint(validatedBy = CallHeader.Check.class)
@Target(TYPE_USE)
@Retention(RetentionPolicy.RUNTIME)
public @interface CallHeader {
  String message() default "must be a header name, and none that the connection needs itself";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Looks at the name. */
  final class Check implements ConstraintValidator<CallHeader, String> {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    private static final Set<String> OURS =
        Set.of(
            "connection",
            "content-length",
            "expect",
            "forwarded",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via");

    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      if (value == null) {
        return true;
      }
      String name = value.toLowerCase(Locale.ROOT);
      return TOKEN.matcher(value).matches()
          && !OURS.contains(name)
          && !name.startsWith("proxy-")
          && !name.startsWith("x-forwarded-");
    }
  }
}
