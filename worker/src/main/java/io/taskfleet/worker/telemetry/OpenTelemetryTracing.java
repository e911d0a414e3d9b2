package io.taskfleet.worker.telemetry;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.taskfleet.task.Task;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.failure.Failure;
import org.jspecify.annotations.Nullable;

/**
 * One span for each attempt, named and labelled as OpenTelemetry's conventions for messaging say.
 *
 * <p>It is linked to the span that submitted the task, because that one has ended long ago. That
 * one is its parent too: only so does it belong to the same trace, which is what whoever is called
 * by the attempt is told, and attempts at one task lie side by side in it.
 */
public final class OpenTelemetryTracing implements Tracing {
  private static final AttributeKey<String> SYSTEM = stringKey("messaging.system");
  private static final AttributeKey<String> OPERATION = stringKey("messaging.operation.name");
  private static final AttributeKey<String> OPERATION_TYPE = stringKey("messaging.operation.type");
  private static final AttributeKey<String> DESTINATION = stringKey("messaging.destination.name");
  private static final AttributeKey<String> GROUP = stringKey("messaging.consumer.group.name");
  private static final AttributeKey<String> TASK = stringKey("messaging.message.id");
  private static final AttributeKey<String> ERROR = stringKey("error.type");
  static final AttributeKey<String> TYPE = stringKey("taskfleet.task.type");
  static final AttributeKey<Long> ATTEMPT = longKey("taskfleet.attempt");
  static final AttributeKey<String> OUTCOME = stringKey("taskfleet.outcome");
  private static final String PROCESS = "process";

  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;

  private final Tracer tracer;

  /**
   * Spans made by this tracer.
   *
   * @param tracer its sampler decides which attempts have a span
   */
  public OpenTelemetryTracing(Tracer tracer) {
    this.tracer = tracer;
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the trace closes it when the attempt ends
  public Trace begin(Task task, int number) {
    String topic = Topics.of(task.type(), task.priority());
    SpanBuilder builder = tracer.spanBuilder(PROCESS + ' ' + topic).setSpanKind(SpanKind.CONSUMER);
    SpanContext submitter = submitter(task.traceparent());
    if (submitter.isValid()) {
      builder.setParent(Context.root().with(Span.wrap(submitter))).addLink(submitter);
    } else {
      builder.setNoParent();
    }
    Span span = builder.startSpan();
    if (!span.isRecording()) {
      return Trace.NONE;
    }
    span.setAttribute(SYSTEM, "kafka")
        .setAttribute(OPERATION, PROCESS)
        .setAttribute(OPERATION_TYPE, PROCESS)
        .setAttribute(DESTINATION, topic)
        .setAttribute(GROUP, Topics.group(task.type()))
        .setAttribute(TASK, task.id().toString())
        .setAttribute(TYPE, task.type())
        .setAttribute(ATTEMPT, (long) number);
    return new Recording(span, span.makeCurrent());
  }

  private static SpanContext submitter(@Nullable String traceparent) {
    return traceparent == null || traceparent.length() < FLAGS + 2
        ? SpanContext.getInvalid()
        : SpanContext.createFromRemoteParent(
            traceparent.substring(TRACE_ID, SPAN_ID - 1),
            traceparent.substring(SPAN_ID, FLAGS - 1),
            TraceFlags.fromHex(traceparent, FLAGS),
            TraceState.getDefault());
  }

  private record Recording(Span span, Scope scope) implements Trace {
    @Override
    public String traceparent() {
      SpanContext own = span.getSpanContext();
      return "00-%s-%s-%s"
          .formatted(own.getTraceId(), own.getSpanId(), own.getTraceFlags().asHex());
    }

    @Override
    public void end(AttemptEnd end, @Nullable Failure failure) {
      span.setAttribute(OUTCOME, end.label());
      if (failure != null) {
        span.setAttribute(ERROR, failure.errorClass());
        if (end == AttemptEnd.FAILED) {
          span.setStatus(StatusCode.ERROR, failure.detail());
        }
      }
      scope.close();
      span.end();
    }
  }
}
