package io.taskfleet.worker.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.HttpCallPayload;
import io.taskfleet.task.HttpCallPayload.Method;
import io.taskfleet.worker.outbound.OutboundRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FallbackTest {
  private static final String URL = "https://api.example/rates";

  @Test
  void callsThatAskTheSameShareAName() {
    String name = name("acme", Method.GET, URL, Map.of("Accept", "text/csv"), null);

    assertThat(name("acme", Method.GET, URL, Map.of("accept", "text/csv"), null)).isEqualTo(name);
    assertThat(
            name(
                "acme",
                Method.GET,
                URL,
                Map.of("Accept", "text/csv", "Idempotency-Key", "7", "traceparent", "00-1-2-00"),
                null))
        .isEqualTo(name);
  }

  @Test
  void callsThatDifferInAnythingDoNot() {
    assertThat(
            Stream.of(
                name("acme", Method.GET, URL, Map.of(), null),
                name("other", Method.GET, URL, Map.of(), null),
                name("acme", Method.POST, URL, Map.of(), null),
                name("acme", Method.GET, URL + "?a=b", Map.of(), null),
                name("acme", Method.GET, URL, Map.of("Authorization", "Bearer ada"), null),
                name("acme", Method.GET, URL, Map.of("Authorization", "Bearer bob"), null),
                name("acme", Method.GET, URL, Map.of("Authorization", "", "Bearer ada", ""), null),
                name("acme", Method.GET, URL, Map.of(), ""),
                name("acme", Method.GET, URL, Map.of(), "x"),
                name("acme", Method.GET, URL, Map.of("x", ""), null)))
        .doesNotHaveDuplicates();
  }

  private static String name(
      String tenant,
      Method method,
      String url,
      Map<String, String> headers,
      @Nullable String body) {
    HttpCallPayload payload =
        new HttpCallPayload(
            method, url, headers, null, List.of(200), null, HttpCallPayload.Fallback.CACHED);
    return Fallback.name(
        tenant,
        payload,
        new OutboundRequest(
            method.name(), URI.create(url), headers, body == null ? null : body.getBytes(UTF_8)));
  }
}
