package io.taskfleet.worker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches when {@code taskfleet.worker.types} names the type, or nothing at all. */
@Documented
@Conditional(ConditionalOnTaskType.IsRun.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface ConditionalOnTaskType {

  /** The type's name. */
  String value();

  /** Reads the property. */
  final class IsRun implements Condition {
    private static final String TYPES = "taskfleet.worker.types";

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      Map<String, ?> attributes =
          Objects.requireNonNull(
              metadata.getAnnotationAttributes(ConditionalOnTaskType.class.getName()));
      Object type = Objects.requireNonNull(attributes.get("value"));
      List<String> types =
          Binder.get(context.getEnvironment())
              .bind(TYPES, Bindable.listOf(String.class))
              .orElse(List.of());
      return types.isEmpty() || types.contains(type);
    }
  }
}
