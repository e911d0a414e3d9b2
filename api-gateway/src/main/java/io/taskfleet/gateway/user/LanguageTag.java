package io.taskfleet.gateway.user;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.ElementType.TYPE_USE;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A language tag (BCP 47), such as {@code de-CH}. */
@Documented
@Pattern(
    regexp = "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}",
    message = "must be a language tag such as de-CH")
@Constraint(validatedBy = {})
@Target({FIELD, METHOD, PARAMETER, TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@interface LanguageTag {
  String message() default "must be a language tag such as de-CH";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
