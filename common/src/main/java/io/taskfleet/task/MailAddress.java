package io.taskfleet.task;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.ElementType.TYPE_USE;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One mailbox, {@code local@domain} (RFC 5321 §4.1.2), without a display name, a quoted local part
 * or a source route.
 */
@Documented
@SingleLine
@Email(message = "must be a mail address") @Size(max = 254) @Pattern(
    regexp = "[^\\s@<>()\\[\\]\\\\,;:\"%]{1,64}@[^\\s@<>()\\[\\]\\\\,;:\"%]+",
    message = "must be a mail address")
@Constraint(validatedBy = {})
@Target({FIELD, METHOD, PARAMETER, TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface MailAddress {
  String message() default "must be a mail address";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
