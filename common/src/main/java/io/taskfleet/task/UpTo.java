package io.taskfleet.task;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A {@link DurationText duration}, above zero and no longer than this. */
@Documented
@Constraint(validatedBy = UpTo.Check.class)
@Target({FIELD, METHOD, PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface UpTo {
  /** The longest, in ISO 8601. */
  String value();

  String message() default "must be a duration such as 5s or PT5S, above zero and at most {value}";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Measures it. */
  final class Check implements ConstraintValidator<UpTo, String> {
    private Duration longest = Duration.ZERO;

    @Override
    public void initialize(UpTo constraint) {
      longest = Duration.parse(constraint.value());
    }

    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      return value == null
          || DurationText.parse(value)
              .filter(duration -> duration.isPositive() && duration.compareTo(longest) <= 0)
              .isPresent();
    }
  }
}
