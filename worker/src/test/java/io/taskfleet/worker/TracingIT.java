package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A trace goes with its task, from the record to whoever is called. */
class TracingIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SUBMITTER = "00f067aa0ba902b7";
  private static final InMemorySpanExporter TOLD = InMemorySpanExporter.create();
  private static final List<String> RECEIVED = new CopyOnWriteArrayList<>();
  private static final AtomicInteger REFUSALS = new AtomicInteger();
  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("tracing"));
  private static HttpServer receiver;

  @Configuration(proxyBeanMethods = false)
  static class Told {
    @Bean
    InMemorySpanExporter inMemorySpanExporter() {
      return TOLD;
    }
  }

  @BeforeAll
  static void start() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          RECEIVED.add(exchange.getRequestHeaders().getFirst("traceparent"));
          exchange.sendResponseHeaders(REFUSALS.getAndDecrement() > 0 ? 503 : 204, -1);
          exchange.close();
        });
    receiver.start();
    var _ =
        FLEET.startWorker(
            new SpringApplicationBuilder(WorkerApplication.class, Told.class),
            "taskfleet.worker.types=notification",
            "taskfleet.worker.settings.notification.backoff-base=1ms",
            "taskfleet.worker.settings.notification.backoff-cap=1ms",
            "management.opentelemetry.tracing.export.schedule-delay=50ms");
  }

  @AfterAll
  static void stop() {
    FLEET.close();
    receiver.stop(0);
  }

  @Test
  void whoeverIsCalledIsInTheSubmittersTraceBelowTheAttemptsSpan() {
    REFUSALS.set(1);
    Task task = notification("00-" + TRACE + "-" + SUBMITTER + "-01");

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    await().until(() -> spansOf(task.id()).size() == 2);
    List<SpanData> spans = spansOf(task.id());
    assertThat(RECEIVED)
        .containsSubsequence(
            spans.stream().map(span -> "00-" + TRACE + "-" + span.getSpanId() + "-01").toList());
    assertThat(spans)
        .allSatisfy(
            span -> {
              assertThat(span.getTraceId()).isEqualTo(TRACE);
              assertThat(span.getLinks())
                  .extracting(link -> link.getSpanContext().getSpanId())
                  .containsExactly(SUBMITTER);
            })
        .extracting(span -> attribute(span, "taskfleet.outcome"))
        .containsExactly("failed", "completed");
    assertThat(attribute(spans.getFirst(), "error.type")).isEqualTo("server_error");
  }

  @Test
  void aTraceThatIsNotSampledIsPassedOnAsItCame() {
    String submitter = "00-" + "a".repeat(32) + "-" + SUBMITTER + "-00";
    Task task = notification(submitter);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    assertThat(RECEIVED).contains(submitter);
    assertThat(spansOf(task.id())).isEmpty();
  }

  private static List<SpanData> spansOf(UUID task) {
    return TOLD.getFinishedSpanItems().stream()
        .filter(span -> task.toString().equals(attribute(span, "messaging.message.id")))
        .toList();
  }

  private static @Nullable String attribute(SpanData span, String name) {
    return span.getAttributes().get(AttributeKey.stringKey(name));
  }

  private static Task notification(String traceparent) {
    UUID id = TaskIds.next(Clock.systemUTC());
    String payload =
        "{\"message\":\"Hello\",\"url\":\"http://127.0.0.1:%d/\"}"
            .formatted(receiver.getAddress().getPort());
    return Task.submitted(
        id,
        Task.DEFAULT_TENANT,
        BuiltInTypes.NOTIFICATION,
        new Task.Submission(
            Priority.NORMAL, id.toString(), payload.getBytes(UTF_8), Task.Options.NONE),
        Clock.systemUTC().instant(),
        traceparent);
  }
}
