package io.taskfleet.task;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.ElementType.TYPE_USE;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/**
 * Text that ends up in a header: no control characters, so that no value can start a header of its
 * own (RFC 5322 §2.2, RFC 9110 §5.5), and no bidirectional overrides.
 */
@Documented
@Constraint(validatedBy = SingleLine.Check.class)
@Target({FIELD, METHOD, PARAMETER, TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface SingleLine {
  String message() default "must not hold line breaks or control characters";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Refuses the characters. */
  final class Check implements ConstraintValidator<SingleLine, String> {
    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      return value == null || isSingleLine(value);
    }

    /** Whether it may stand in a header. */
    public static boolean isSingleLine(String value) {
      return value.chars().noneMatch(Check::isForbidden);
    }

    private static boolean isForbidden(int c) {
      return Character.isISOControl(c)
          || (c >= 0x202A && c <= 0x202E)
          || (c >= 0x2066 && c <= 0x2069)
          || c == 0x2028
          || c == 0x2029;
    }
  }
}
