package io.taskfleet.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-will-be",
      })
  void continuesTheCallersTrace(String header) {
    TraceContext trace = TraceContext.continuing(header);

    assertThat(trace.header()).startsWith("00-" + TRACE + "-").endsWith("-01");
    assertThat(trace.spanId()).isNotEqualTo("00f067aa0ba902b7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
      })
  void startsAnotherTraceWhereTheHeaderIsNotValid(String header) {
    TraceContext trace = TraceContext.continuing(header);

    assertThat(trace.header()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    assertThat(trace.traceId()).isNotEqualTo(TRACE);
  }

  @Test
  void startsATraceWithoutAHeader() {
    assertThat(TraceContext.continuing(null).traceId())
        .isNotEqualTo(TraceContext.continuing(null).traceId());
  }
}
