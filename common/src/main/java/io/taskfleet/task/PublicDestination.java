package io.taskfleet.task;

import static java.lang.annotation.ElementType.ANNOTATION_TYPE;

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
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;
import org.jspecify.annotations.Nullable;

/**
 * A URL whose host, if it is an address, is one that may be called. A name is looked at when it is
 * called, by the address it resolves to. What is no URL at all is not judged here.
 */
@Documented
@Constraint(validatedBy = PublicDestination.Check.class)
@Target(ANNOTATION_TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface PublicDestination {
  String message() default "must not lead to an address that is not public";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Asks the destinations that the validator was given. */
  final class Check implements ConstraintValidator<PublicDestination, String> {
    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      Destinations destinations =
          context
              .unwrap(HibernateConstraintValidatorContext.class)
              .getConstraintValidatorPayload(Destinations.class);
      return value == null
          || mayBeCalled(value, destinations == null ? Destinations.PUBLIC : destinations);
    }

    /** Whether this is no URL, or one that may be called as far as can be told. */
    public static boolean mayBeCalled(String url, Destinations destinations) {
      try {
        String host = Destinations.hostIn(new URI(url));
        return host == null || destinations.mayBeNamed(host);
      } catch (URISyntaxException malformed) {
        return true;
      }
    }
  }
}
