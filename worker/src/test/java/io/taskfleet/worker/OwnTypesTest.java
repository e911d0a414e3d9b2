package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.handler.HandlerProvider;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.HandlerSetup;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.wire.PayloadReader;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class OwnTypesTest {
  @TempDir private Path jars;

  private final ApplicationContextRunner worker =
      new ApplicationContextRunner()
          .withBean(Clock.class, Clock::systemUTC)
          .withBean(PayloadReader.class, PayloadReader::new)
          .withUserConfiguration(Imported.class);

  @Configuration(proxyBeanMethods = false)
  @Import(OwnTypes.class)
  static class Imported {}

  record Nothing() implements Payload {}

  /** Properties of a type. */
  public record Settings(
      @NotNull String greeting, @Nullable @Max(9) Integer maxPages, @Nullable Duration pause) {}

  record Handler(TaskType<Nothing> type, @Nullable Settings settings)
      implements TaskHandler<Nothing> {
    @Override
    public HandlerResult handle(Nothing payload, TaskContext context) {
      return HandlerResult.of(null);
    }
  }

  /** Needs properties. */
  public static final class Report implements HandlerProvider {
    @Override
    public TaskType<Nothing> type() {
      return new TaskType<>("weekly-report", Nothing.class);
    }

    @Override
    public TaskHandler<Nothing> handler(HandlerSetup setup) {
      return new Handler(type(), setup.properties(Settings.class));
    }
  }

  /** Another type of the same name. */
  public static final class OtherReport implements HandlerProvider {
    @Override
    public TaskType<Nothing> type() {
      return new TaskType<>("weekly-report", Nothing.class);
    }

    @Override
    public TaskHandler<Nothing> handler(HandlerSetup setup) {
      return new Handler(type(), null);
    }
  }

  /** A type of a name that is taken. */
  public static final class Email implements HandlerProvider {
    @Override
    public TaskType<Nothing> type() {
      return new TaskType<>("email", Nothing.class);
    }

    @Override
    public TaskHandler<Nothing> handler(HandlerSetup setup) {
      return new Handler(type(), null);
    }
  }

  @Test
  void makesAHandlerWithItsProperties() throws IOException {
    with(List.of(Report.class))
        .withPropertyValues(
            "taskfleet.types.weekly-report.greeting=Hello",
            "taskfleet.types.weekly-report.max-pages=5",
            "taskfleet.types.weekly-report.pause=2s")
        .run(
            context ->
                assertThat(context.getBean(Handler.class).settings())
                    .isEqualTo(new Settings("Hello", 5, Duration.ofSeconds(2))));
  }

  @Test
  void needsNoPropertiesOfATypeThatItDoesNotRun() throws IOException {
    with(List.of(Report.class))
        .withPropertyValues("taskfleet.worker.types=email")
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(TaskHandler.class);
              assertThat(context.getBean(OwnTypes.Found.class).types()).hasSize(1);
            });
  }

  @Test
  void namesThePropertyThatIsMissingOrWrongOrUnknown() throws IOException {
    refuses(with(List.of(Report.class)), "taskfleet.types.weekly-report.greeting");
    refuses(
        with(List.of(Report.class))
            .withPropertyValues(
                "taskfleet.types.weekly-report.greeting=Hello",
                "taskfleet.types.weekly-report.max-pages=10"),
        "taskfleet.types.weekly-report.max-pages: must be less than or equal to 9");
    refuses(
        with(List.of(Report.class))
            .withPropertyValues(
                "taskfleet.types.weekly-report.greeting=Hello",
                "taskfleet.types.weekly-report.colour=red"),
        "taskfleet.types.weekly-report.colour");
  }

  @Test
  void refusesNamesThatAreTaken() throws IOException {
    refuses(with(List.of(Email.class)), "the task type email of " + Email.class.getName());
    refuses(
        with(List.of(Report.class, OtherReport.class)),
        "two handlers for the task type weekly-report");
  }

  @Test
  void namesThePropertyOfADirectoryThatIsNotThere() {
    refuses(
        worker.withPropertyValues("taskfleet.worker.type-jars=" + jars.resolve("nowhere")),
        "taskfleet.worker.type-jars: no jars can be read from");
  }

  @Test
  void namesAJarThatCannotBeReadRatherThanDoWithoutItsTypes() throws IOException {
    ApplicationContextRunner withBroken = with(List.of(Report.class));
    Files.writeString(jars.resolve("half-copied.jar"), "no jar yet");

    refuses(withBroken, "taskfleet.worker.type-jars: cannot be read: ");
    refuses(withBroken, "half-copied.jar");
  }

  private static void refuses(ApplicationContextRunner runner, String named) {
    runner.run(context -> assertThat(context).getFailure().hasStackTraceContaining(named));
  }

  /** With a jar that names these. */
  private ApplicationContextRunner with(List<Class<? extends HandlerProvider>> providers)
      throws IOException {
    String names = providers.stream().map(Class::getName).collect(Collectors.joining("\n"));
    try (OutputStream file = Files.newOutputStream(jars.resolve("types.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("META-INF/services/" + HandlerProvider.class.getName()));
      jar.write(names.getBytes(UTF_8));
      jar.closeEntry();
    }
    return worker.withPropertyValues("taskfleet.worker.type-jars=" + jars);
  }
}
