package io.taskfleet.wire;

import io.taskfleet.destination.Destinations;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.PublicDestination;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.SingleLine;
import io.taskfleet.task.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import java.lang.annotation.Annotation;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;

/** Reads payloads and holds them to their constraints, by the same rules at both doors. */
public final class PayloadReader implements AutoCloseable {
  private final ViolationLimit limit = new ViolationLimit();
  private final ValidatorFactory factory;
  private final Validator validator;

  /** A reader that takes URLs of public addresses only. */
  public PayloadReader() {
    this(Destinations.PUBLIC);
  }

  /** A reader that takes URLs of these destinations. */
  public PayloadReader(Destinations destinations) {
    factory =
        Validation.byProvider(HibernateValidator.class)
            .configure()
            .messageInterpolator(limit)
            .constraintValidatorPayload(destinations)
            .buildValidatorFactory();
    validator = factory.getValidator();
  }

  /**
   * The payload in this text.
   *
   * @throws RefusedJsonException if it is malformed or breaks a rule
   */
  public <P extends Payload> P read(TaskType<P> type, byte[] utf8) throws RefusedJsonException {
    return requireValid(StrictJson.read(utf8, type.payload()));
  }

  /**
   * The value, if it breaks none of its constraints.
   *
   * @throws RefusedJsonException naming every constraint it breaks, unless they are very many
   */
  public <T> T requireValid(T value) throws RefusedJsonException {
    Set<ConstraintViolation<T>> broken = broken(value);
    if (!broken.isEmpty()) {
      List<Violation> violations =
          broken.stream()
              .map(PayloadReader::violation)
              .sorted(Comparator.comparing(Violation::pointer).thenComparing(Violation::detail))
              .toList();
      throw new RefusedJsonException(violations);
    }
    return value;
  }

  private <T> Set<ConstraintViolation<T>> broken(T value) throws RefusedJsonException {
    try {
      return validator.validate(value);
    } catch (ViolationLimit.ExceededException e) {
      throw new RefusedJsonException(
          "", ReasonCode.LIMITS_EXCEEDED, "more than " + ViolationLimit.MOST + " things are wrong");
    } finally {
      limit.forget();
    }
  }

  private static Violation violation(ConstraintViolation<?> broken) {
    return new Violation(
        pointer(broken.getPropertyPath()),
        reason(broken.getConstraintDescriptor().getAnnotation().annotationType()),
        broken.getMessage());
  }

  private static ReasonCode reason(Class<? extends Annotation> constraint) {
    if (constraint == SingleLine.class) {
      return ReasonCode.HEADER_INJECTION;
    }
    return constraint == PublicDestination.class
        ? ReasonCode.BLOCKED_DESTINATION
        : ReasonCode.VALIDATION_FAILED;
  }

  private static String pointer(Path path) {
    StringBuilder pointer = new StringBuilder();
    for (Path.Node step : path) {
      if (step.getIndex() != null) {
        pointer.append('/').append(step.getIndex());
      }
      if (step.getKey() != null) {
        // RFC 6901 §3
        String key = step.getKey().toString().replace("~", "~0").replace("/", "~1");
        pointer.append('/').append(key);
      }
      String name = step.getName();
      // "bodyGiven" and "<list element>" are no fields of the caller's.
      if (name != null && !name.startsWith("<") && !name.endsWith("Given")) {
        pointer.append('/').append(StrictJson.fieldName(name));
      }
    }
    return pointer.toString();
  }

  @Override
  public void close() {
    factory.close();
  }
}
