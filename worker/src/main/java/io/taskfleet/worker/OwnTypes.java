package io.taskfleet.worker;

import io.taskfleet.handler.HandlerSetup;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.worker.type.OwnType;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.env.Environment;

/**
 * Makes the handlers of types that are not built in: those of jars on the class path, and of jars
 * in the directory {@code taskfleet.worker.type-jars}, if that is given.
 */
final class OwnTypes implements BeanRegistrar {
  private static final String JARS = "taskfleet.worker.type-jars";
  private static final String TYPES = "taskfleet.worker.types";

  /** All of them, those that this worker does not run as well. */
  record Found(List<OwnType> types) {}

  @Override
  public void register(BeanRegistry registry, Environment environment) {
    Binder properties = Binder.get(environment);
    List<String> run = properties.bind(TYPES, Bindable.listOf(String.class)).orElse(List.of());
    Found found = new Found(OwnType.findAll(loader(properties)));
    registry.registerBean(Found.class, bean -> bean.supplier(_ -> found));
    for (OwnType type : found.types()) {
      if (run.isEmpty() || run.contains(type.name())) {
        registry.registerBean(
            "handler-of-" + type.name(),
            new ParameterizedTypeReference<TaskHandler<?>>() {},
            bean ->
                bean.supplier(
                    context ->
                        type.handler(
                            new Setup(
                                type.name(),
                                properties,
                                context.bean(PayloadReader.class),
                                context.bean(Clock.class)))));
      }
    }
  }

  private static ClassLoader loader(Binder properties) {
    ClassLoader ours = OwnTypes.class.getClassLoader();
    String directory = properties.bind(JARS, String.class).orElse("");
    if (directory.isEmpty()) {
      return ours;
    }
    try {
      return OwnType.withJars(Path.of(directory), ours);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(JARS + ": " + e.getMessage(), e);
    }
  }

  private record Setup(String type, Binder binder, PayloadReader constraints, Clock clock)
      implements HandlerSetup {

    @Override
    public <T extends Record> T properties(Class<T> bound) {
      String prefix = "taskfleet.types." + type;
      T properties =
          binder.bindOrCreate(
              prefix, Bindable.of(bound), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
      try {
        return constraints.requireValid(properties);
      } catch (RefusedJsonException e) {
        Violation first = e.violations().getFirst();
        throw new IllegalStateException(
            prefix + first.pointer().replace('/', '.').replace('_', '-') + ": " + first.detail(),
            e);
      }
    }
  }
}
