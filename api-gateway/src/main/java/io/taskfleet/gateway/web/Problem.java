package io.taskfleet.gateway.web;

import io.taskfleet.task.Violation;
import io.taskfleet.wire.StrictJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A problem document (RFC 9457) as it is sent. */
record Problem(
    String type,
    String title,
    int status,
    @Nullable String detail,
    @Nullable List<Violation> errors,
    String traceId) {
  static final String MEDIA_TYPE = "application/problem+json";

  static Problem of(ProblemException e, TraceContext trace) {
    ProblemType type = e.type();
    return new Problem(
        type.uri(),
        type.title(),
        type.status(),
        e.detail(),
        e.errors().isEmpty() ? null : e.errors(),
        trace.traceId());
  }

  /** For what the container refused before it reached us. */
  static Problem ofStatus(int status, TraceContext trace) {
    return ProblemType.ofStatus(status)
        .map(type -> new Problem(type.uri(), type.title(), status, null, null, trace.traceId()))
        .orElseGet(
            () ->
                new Problem("about:blank", "HTTP " + status, status, null, null, trace.traceId()));
  }

  byte[] toJson() {
    return StrictJson.mapper().writeValueAsBytes(this);
  }
}
