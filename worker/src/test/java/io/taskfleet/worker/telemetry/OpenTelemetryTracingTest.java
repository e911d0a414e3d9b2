package io.taskfleet.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.telemetry.Tracing.Trace;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenTelemetryTracingTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SUBMITTER = "00f067aa0ba902b7";

  private final InMemorySpanExporter told = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder()
          .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
          .addSpanProcessor(SimpleSpanProcessor.create(told))
          .build();
  private final Tracing tracing = new OpenTelemetryTracing(provider.get("test"));

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void eachAttemptIsASpanInTheSubmittersTraceAndLinkedToIt() {
    Task task = task("00-" + TRACE + "-" + SUBMITTER + "-01");

    Trace first = tracing.begin(task, 1);
    String inside = Span.current().getSpanContext().getSpanId();
    first.end(AttemptEnd.FAILED, new Failure.Transient(ErrorClass.DNS, "no such host", null));
    tracing.begin(task, 2).end(AttemptEnd.COMPLETED, null);

    SpanData failed = told.getFinishedSpanItems().getFirst();
    assertThat(first.traceparent()).isEqualTo("00-" + TRACE + "-" + failed.getSpanId() + "-01");
    assertThat(inside).isEqualTo(failed.getSpanId());
    assertThat(failed.getName()).isEqualTo("process taskfleet.script.high");
    assertThat(failed.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(failed.getAttributes().get(OpenTelemetryTracing.OUTCOME)).isEqualTo("failed");
    assertThat(told.getFinishedSpanItems())
        .hasSize(2)
        .allSatisfy(
            span -> {
              assertThat(span.getTraceId()).isEqualTo(TRACE);
              assertThat(span.getParentSpanId()).isEqualTo(SUBMITTER);
              assertThat(span.getLinks())
                  .singleElement()
                  .satisfies(
                      link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(SUBMITTER));
            })
        .extracting(span -> span.getAttributes().get(OpenTelemetryTracing.ATTEMPT))
        .containsExactly(1L, 2L);
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
  }

  @Test
  void nothingIsToldOfATaskWhoseSubmitterIsNotSampled() {
    Trace trace = tracing.begin(task("00-" + TRACE + "-" + SUBMITTER + "-00"), 1);
    trace.end(AttemptEnd.COMPLETED, null);

    assertThat(trace).isSameAs(Trace.NONE);
    assertThat(told.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void aTaskWithoutATraceBeginsOne() {
    Trace trace = tracing.begin(task(null), 1);
    trace.end(AttemptEnd.COMPLETED, null);

    SpanData span = told.getFinishedSpanItems().getFirst();
    assertThat(span.getLinks()).isEmpty();
    assertThat(trace.traceparent()).contains(span.getTraceId(), span.getSpanId());
  }

  @Test
  void aContextThatNamesNoSpanIsNone() {
    tracing
        .begin(task("00-" + "0".repeat(32) + "-" + SUBMITTER + "-01"), 1)
        .end(AttemptEnd.COMPLETED, null);
    tracing.begin(task("short"), 1).end(AttemptEnd.COMPLETED, null);

    assertThat(told.getFinishedSpanItems())
        .hasSize(2)
        .allSatisfy(span -> assertThat(span.getLinks()).isEmpty());
  }

  private static Task task(@Nullable String traceparent) {
    return new Task(
        new UUID(1, 2),
        "acme",
        "script",
        Priority.HIGH,
        "key",
        new byte[0],
        Instant.EPOCH,
        Task.Options.NONE,
        traceparent,
        null,
        1);
  }
}
