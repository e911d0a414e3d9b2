package io.taskfleet.gateway.web;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.StrictJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A problem document (RFC 9457) as it is sent. */
record Problem(
    String type,
    String title,
    int status,
    @Nullable String detail,
    @Nullable List<Violation> errors,
    String traceId,
    @JsonAnyGetter Map<String, Object> members) {
  static final String MEDIA_TYPE = "application/problem+json";

  static Problem of(ProblemException e, TraceContext trace) {
    ProblemType type = e.type();
    return new Problem(
        type.uri(),
        type.title(),
        type.status(),
        e.detail(),
        e.errors().isEmpty() ? null : e.errors(),
        trace.traceId(),
        e.members());
  }

  /** For what the container refused before it reached us. */
  static Problem ofStatus(int status, TraceContext trace) {
    return ProblemType.ofStatus(status)
        .map(type -> bare(type.uri(), type.title(), status, trace))
        .orElseGet(() -> bare("about:blank", "HTTP " + status, status, trace));
  }

  private static Problem bare(String uri, String title, int status, TraceContext trace) {
    return new Problem(uri, title, status, null, null, trace.traceId(), Map.of());
  }

  byte[] toJson() {
    return StrictJson.mapper().writeValueAsBytes(this);
  }
}
